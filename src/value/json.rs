//! Values as JSON: exact both ways.
