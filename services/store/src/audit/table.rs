//! Tables as lists of columns, from which the statements for whole rows are made: a page in the order of the key, and a batch of
//! rows that goes in as one JSON array.

/// A column and how its values go in and out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// A UUID.
    Id(&'static str),
    Int(&'static str),
    /// An integer that is not eight bytes wide in Postgres.
    Small(&'static str),
    Text(&'static str),
    Flag(&'static str),
    /// In JSON as hex digits.
    Bytes(&'static str),
}

impl Column {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Id(name)
            | Self::Int(name)
            | Self::Small(name)
            | Self::Text(name)
            | Self::Flag(name)
            | Self::Bytes(name) => name,
        }
    }

    fn selected(self) -> String {
        match self {
            Self::Small(name) => format!("cast({name} as bigint) as {name}"),
            other => other.name().to_owned(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static [&'static str],
    pub(crate) columns: &'static [Column],
}

fn list<T>(items: &[T], text: impl Fn(usize, &T) -> String) -> String {
    items.iter().enumerate().map(|(index, item)| text(index, item)).collect::<Vec<_>>().join(", ")
}

impl Table {
    /// The rows after the key `($1 …)`, in the order of the key; the last placeholder is the limit.
    pub(super) fn page(&self, key: &[&'static str]) -> String {
        let Self { name, columns, .. } = self;
        let selected = list(columns, |_, column| column.selected());
        let order = key.join(", ");
        let after = list(key, |index, _| format!("${}", index + 1));
        let limit = key.len() + 1;
        format!("select {selected} from {name} where ({order}) > ({after}) order by {order} limit ${limit}")
    }

    pub(crate) fn column_names(&self) -> String {
        list(self.columns, |_, column| column.name().to_owned())
    }

    /// What turns an insert into a replacement of the row with the same key.
    pub(crate) fn or_replace(&self) -> String {
        let others = self.columns.iter().map(|column| column.name()).filter(|name| !self.key.contains(name));
        let set = list(&others.collect::<Vec<_>>(), |_, name| format!("{name} = excluded.{name}"));
        format!("on conflict ({}) do update set {set}", self.key.join(", "))
    }
}
