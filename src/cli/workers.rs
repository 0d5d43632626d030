//! Much of one kind of work, as many pieces at a time as there are processors.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Does the work for each of the things, and hands over what came of it in their order, as soon as it is there. What was
/// not begun when handing over fails is not done.
pub(super) fn each<T: Sync, R: Send, E>(
    things: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(things.len());
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((number, thing)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    things.get(number).map(|thing| (number, thing))
                } {
                    // Nobody listens any more: there is nothing left to do.
                    if send.send((number, work(thing))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut waiting: BTreeMap<usize, R> = BTreeMap::new();
        let mut due = 0;
        while let Ok((number, done)) = receive.recv() {
            waiting.insert(number, done);
            while let Some(done) = waiting.remove(&due) {
                due += 1;
                if let Err(stop) = take(done) {
                    next.store(things.len(), Ordering::Relaxed);
                    return Err(stop);
                }
            }
        }
        Ok(())
    })
}

/// Works on all things at once, and gives what came of each in their order.
pub(super) fn all<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let mut done = Vec::with_capacity(things.len());
    let Ok(()) = each(things, work, |one| {
        done.push(one);
        Ok::<(), std::convert::Infallible>(())
    });
    done
}
