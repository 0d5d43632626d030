//! Rhai: its tree, and its own virtual machine (`grain`). Facts lie in a scope, which is cut back to its length after each
//! evaluation. The library asks for Rhai's `sync` and `decimal`, and features are one for a whole build.

use std::hint::black_box;

use rhai::grain::{Compiler, Vm};
use rhai::{Engine, Scope};

use super::Question;
use crate::guards::{measure, scope};
use crate::{Made, Nanoseconds};

pub fn tree(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let engine = Engine::new();
    let tree = engine.compile(question.in_rhai()).map_err(|_| "no Rhai")?;
    asked(question, tell, |scope| engine.eval_ast_with_scope::<bool>(scope, &tree).ok())
}

pub fn grain(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let engine = Engine::new();
    let tree = engine.compile(question.in_rhai()).map_err(|_| "no Rhai")?;
    let program = Compiler::new().compile(&tree).into_shared();
    let mut machine = Vm::new(&engine);
    // The manual's way for closures that native functions call, which costs more.
    let calls_back = program.makes_fn_pointers();
    asked(question, tell, |scope| {
        let found = if calls_back {
            machine.eval_with_callbacks(scope, &program)
        } else {
            machine.eval_with_scope(scope, &program)
        };
        found.ok()?.as_bool().ok()
    })
}

fn asked(
    question: &Question,
    tell: &mut dyn FnMut(usize, bool),
    mut run: impl FnMut(&mut Scope<'static>) -> Option<bool>,
) -> Made<Nanoseconds> {
    let mut scopes: Vec<Scope> = question.rows.iter().map(scope).collect();
    let mut each = |scope: &mut Scope<'static>| {
        let size = scope.len();
        let found = run(scope);
        scope.rewind(size);
        found
    };
    for (place, scope) in scopes.iter_mut().enumerate() {
        tell(place, each(scope).ok_or("fails")?);
    }
    Ok(measure(|| {
        for scope in &mut scopes {
            black_box(each(black_box(scope)));
        }
        scopes.len()
    }))
}
