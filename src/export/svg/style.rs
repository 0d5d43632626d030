//! Colours and kinds of lines, in light and in dark. After the palette of Okabe and Ito (2008), which most people with
//! colour blindness can tell apart, darkened or lightened until texts keep a contrast of 4.5 to 1.

use std::fmt::Write as _;

use super::Theme;

struct Palette {
    paper: &'static str,
    ink: &'static str,
    /// Less important texts.
    quiet: &'static str,
    line: &'static str,
    fill: &'static str,
    frame: &'static str,
    frame_line: &'static str,
    note: &'static str,
    here: &'static str,
    here_fill: &'static str,
    open: &'static str,
    open_if: &'static str,
    blocked: &'static str,
    path: &'static str,
    path_fill: &'static str,
    faint: &'static str,
    faint_ink: &'static str,
}

const LIGHT: Palette = Palette {
    paper: "#ffffff",
    ink: "#16202b",
    quiet: "#4a5663",
    line: "#3d4955",
    fill: "#ffffff",
    frame: "#f3f6f9",
    frame_line: "#8793a0",
    note: "#fdf9ec",
    here: "#0068a3",
    here_fill: "#dceefa",
    open: "#00704f",
    open_if: "#8f5f00",
    blocked: "#b84700",
    path: "#8d3c74",
    path_fill: "#faeef6",
    faint: "#b3bcc6",
    faint_ink: "#66727e",
};

const DARK: Palette = Palette {
    paper: "#12171d",
    ink: "#e8edf2",
    quiet: "#aeb9c4",
    line: "#b4bfca",
    fill: "#1f2730",
    frame: "#182028",
    frame_line: "#66727f",
    note: "#26241a",
    here: "#6fc1f0",
    here_fill: "#12344a",
    open: "#45cda3",
    open_if: "#efb240",
    blocked: "#ff9a5c",
    path: "#e2a8cd",
    path_fill: "#38233a",
    faint: "#4d5863",
    faint_ink: "#8c98a4",
};

/// The class of the whole picture.
pub(super) fn class(theme: Theme) -> &'static str {
    match theme {
        Theme::Light => "tresteg",
        Theme::Dark => "tresteg tresteg-dark",
        Theme::Auto => "tresteg tresteg-auto",
    }
}

/// The style sheet: every rule is for what is within `tresteg`, so that a page with other things in it, or with several
/// pictures, keeps its own looks.
pub(super) fn sheet(theme: Theme) -> String {
    let mut css = String::from(
        ".tresteg text{font-family:Arial,Helvetica,'Liberation Sans',sans-serif;font-size:11px;white-space:pre}\
         .tresteg .th{font-size:22px;font-weight:bold}\
         .tresteg .tl{font-size:13px}\
         .tresteg .ts,.tresteg .tt{font-size:13px;font-weight:bold}\
         .tresteg .te,.tresteg .tn{font-size:12px;font-weight:bold}\
         .tresteg .tb{font-weight:bold}\
         .tresteg .b,.tresteg .e,.tresteg .f{stroke-width:1.4}\
         .tresteg .y,.tresteg .p{stroke-width:1.2;stroke-dasharray:5 3}\
         .tresteg .r{stroke-width:1.3;stroke-dasharray:7 4}\
         .tresteg .l{fill:none;stroke-width:1.5}\
         .tresteg .d{stroke-dasharray:5 4}\
         .tresteg .v{stroke-width:1}\
         .tresteg .s{fill:none;stroke:currentColor;stroke-width:1.3;stroke-linecap:round;stroke-linejoin:round}\
         .tresteg .z{fill:currentColor}\
         .tresteg .ko .l,.tresteg .kp .l{stroke-width:2.6}\
         .tresteg .kb .l{stroke-width:2;stroke-dasharray:3 4}\
         .tresteg .kq .l{stroke-width:2;stroke-dasharray:10 4}\
         .tresteg .kf .l{stroke-width:1.1}\
         .tresteg .kh>.b,.tresteg .kh>.e,.tresteg .kh>.f,.tresteg .kh>.r{stroke-width:3.2;stroke-dasharray:none}\
         .tresteg .ko>.b,.tresteg .ko>.e,.tresteg .ko>.f,.tresteg .kp>.b,.tresteg .kp>.e,.tresteg .kp>.f{stroke-width:2.2}\
         .tresteg .kb>.b,.tresteg .kb>.e,.tresteg .kb>.f{stroke-width:2;stroke-dasharray:3 4}\
         .tresteg .kq>.b,.tresteg .kq>.e,.tresteg .kq>.f{stroke-width:2;stroke-dasharray:10 4}",
    );
    match theme {
        Theme::Light => colours(".tresteg", &LIGHT, &mut css),
        Theme::Dark => colours(".tresteg-dark", &DARK, &mut css),
        Theme::Auto => {
            colours(".tresteg", &LIGHT, &mut css);
            // Paper is white, whatever the screen.
            css.push_str("@media screen and (prefers-color-scheme:dark){");
            colours(".tresteg-auto", &DARK, &mut css);
            css.push('}');
        }
    }
    css
}

fn colours(scope: &str, palette: &Palette, css: &mut String) {
    let Palette { paper, ink, quiet, line, fill, frame, frame_line, note, .. } = palette;
    // A String takes every write.
    let _ = write!(
        css,
        "{scope}{{color:{ink}}}{scope} text{{fill:{ink}}}{scope} .tl,{scope} .tp,{scope} .tr{{fill:{quiet}}}\
         {scope} .g{{color:{quiet}}}{scope} .bg{{fill:{paper}}}\
         {scope} .b,{scope} .e{{fill:{fill};stroke:{line}}}{scope} .f{{fill:{frame};stroke:{frame_line}}}\
         {scope} .r{{fill:{fill};fill-opacity:.55;stroke:{frame_line}}}{scope} .y,{scope} .p{{fill:{note};stroke:{frame_line}}}\
         {scope} .l{{stroke:{line}}}{scope} .a,{scope} .o{{fill:{line}}}{scope} .v{{stroke:{frame_line};stroke-opacity:.6}}",
    );
    let Palette { here, open, open_if, blocked, path, faint, faint_ink, .. } = palette;
    let Palette { here_fill, path_fill, .. } = palette;
    for (class, colour, text) in [
        ("kf", faint, faint_ink),
        ("kb", blocked, blocked),
        ("kq", open_if, open_if),
        ("ko", open, open),
        ("kp", path, path),
        ("kh", here, here),
    ] {
        let _ = write!(
            css,
            "{scope} .{class}{{color:{text}}}{scope} .{class} .l{{stroke:{colour}}}{scope} .{class} .a{{fill:{colour}}}\
             {scope} .{class}>.b,{scope} .{class}>.e,{scope} .{class}>.f,{scope} .{class}>.r,{scope} .{class}>.y,{scope} .{class}>.p{{stroke:{colour}}}\
             {scope} text.{class}{{fill:{text}}}",
        );
    }
    let _ = write!(
        css,
        "{scope} .kf>text{{fill:{faint_ink}}}{scope} .kh>.b,{scope} .kh>.e,{scope} .kh>.f{{fill:{here_fill}}}\
         {scope} .kp>.b,{scope} .kp>.e{{fill:{path_fill}}}",
    );
}
