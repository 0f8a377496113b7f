// What was asked of the API, and how it ended: each operation once, by its name.

export class Operations {
  #byName = new Map();
  faults = [];

  take(line, place, find) {
    if (line.k === 'fault' || line.k === 'healed') return void this.faults.push(line);
    if (line.k === 'invoke') {
      if (this.#byName.has(line.op)) find('history', `operation ${line.op} begins twice`, place);
      this.#byName.set(line.op, { ...line, place, end: null });
      return undefined;
    }
    const operation = this.#byName.get(line.op);
    if (!operation) return find('history', `operation ${line.op} ends and never began`, place);
    if (operation.end) return find('history', `operation ${line.op} ends twice`, place);
    operation.end = { ...line, place };
    return undefined;
  }

  all() {
    return [...this.#byName.values()];
  }

  of(what) {
    return this.all().filter((operation) => operation.do === what);
  }
}
