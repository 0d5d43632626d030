//! t
use tresteg::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let w = match Workflow::from_json(&text) { Ok(w) => w, Err(r) => { println!("{r}"); return; } };
    println!("{}", w.warnings());
    let (mut case, d) = Case::start(&w, None, Default::default()).unwrap();
    println!("{}", w.tell(&d, Language::English));
    for e in &args[2..] {
        let d = case.fire(&Event::new(e.as_str()));
        println!("{}{:?}", w.tell(&d, Language::Swedish), case.states());
    }
    for o in case.options(None) { println!("{}", serde_json::to_string(&o).unwrap()); }
    println!("{}", serde_json::to_string(&case.snapshot()).unwrap());
}
