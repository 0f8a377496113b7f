//! Migrations are embedded at compile time; a new file among them has to compile this crate anew.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
