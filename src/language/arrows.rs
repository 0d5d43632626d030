//! What plain drawings, of Mermaid and DOT, are labelled with.

use super::{Language, phrases};

phrases! {
    /// Labels of arrows.
    Arrows {
        anywhere: "anywhere in", "var som helst i";
        always: "by itself", "av sig självt";
        after: "after", "efter";
        at: "when this is past:", "när tiden är ute:";
        done: "done:", "klart:";
        any_event: "any event", "vilken händelse som helst";
        requires: "requires:", "kräver:";
        by: "by:", "av:";
        signed_by: "signed by:", "undertecknas av:";
        revoke: "withdrawn by:", "återtas med:";
    }
}
