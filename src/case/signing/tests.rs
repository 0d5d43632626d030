//! Who fills which role, against trying out every way to seat everybody.

use std::sync::Arc;

use proptest::prelude::*;

use super::RoleAssignment;

/// Whether everybody can have one of its roles, with no role given out more often than it is there.
fn can_sit(free: &mut [usize], persons: &[Vec<usize>]) -> bool {
    let Some((first, rest)) = persons.split_first() else { return true };
    first.iter().any(|role| {
        if free[*role] == 0 {
            return false;
        }
        free[*role] -= 1;
        let fits = can_sit(free, rest);
        free[*role] += 1;
        fits
    })
}

fn name(role: usize) -> String {
    format!("role{role}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// A person is seated exactly if some seating of all has room, each sits for a role of its own, and the roles that
    /// are said to be missing are those with which one more could sit.
    #[test]
    fn seats_are_found_exactly_when_there_are_some(
        wanted in prop::collection::vec(0_usize..3, 1..5),
        persons in prop::collection::vec(prop::collection::btree_set(0_usize..4, 0..4), 0..7),
    ) {
        let names: Vec<String> = (0..wanted.len()).map(name).collect();
        let roles: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut seats = RoleAssignment {
            roles: roles.clone(),
            wanted: wanted.clone(),
            taken: vec![0; wanted.len()],
            persons: Vec::new(),
        };
        let mut free = wanted.clone();
        let mut seated: Vec<Vec<usize>> = Vec::new();
        for person in persons {
            let own: Vec<usize> = person.into_iter().filter(|role| *role < wanted.len()).collect();
            let mut all = seated.clone();
            all.push(own.clone());
            let expected = can_sit(&mut free, &all);
            let has: Vec<Arc<str>> = own.iter().map(|role| Arc::from(names[*role].as_str())).collect();
            let before = format!("{seats:?}");
            prop_assert_eq!(seats.seat(&has), expected);
            if expected {
                seated = all;
            } else {
                prop_assert_eq!(format!("{seats:?}"), before, "who finds no seat moves nobody");
            }
            let mut count = vec![0; wanted.len()];
            for (place, roles) in seated.iter().enumerate() {
                let (_, at) = seats.persons[place];
                prop_assert!(roles.contains(&at));
                prop_assert_eq!(seats.role(place), &names[at]);
                count[at] += 1;
            }
            prop_assert_eq!(&count, &seats.taken);
            prop_assert!(count.iter().zip(&wanted).all(|(taken, wanted)| taken <= wanted));
            let missing = seats.missing();
            prop_assert_eq!(missing.len(), wanted.iter().sum::<usize>() - seated.len());
            for (role, name) in names.iter().enumerate() {
                let mut one_more = seated.clone();
                one_more.push(vec![role]);
                let would_help = can_sit(&mut free, &one_more);
                prop_assert_eq!(missing.iter().any(|any| any.contains(name)), would_help, "{}", name);
            }
        }
    }
}
