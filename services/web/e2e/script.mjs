// A user without a browser: a script with a bearer token.

export class Script {
  #url;
  #token;

  static async signUp(url, username, displayName) {
    const script = new Script();
    script.#url = url;
    const { user, token } = await script.call("POST", "/users", { username, displayName, password: "a long enough pass phrase" });
    script.#token = token;
    script.user = user;
    return script;
  }

  /** Asks again when the server says that it was too fast; everything else that fails is an error. */
  async call(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    if (this.#token !== undefined) headers.Authorization = `Bearer ${this.#token}`;
    for (;;) {
      const response = await fetch(`${this.#url}/api${path}`, { method, headers, body: JSON.stringify(body) });
      if (response.ok) return [202, 204].includes(response.status) ? null : response.json();
      if (response.status !== 429) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      await new Promise((resolve) => setTimeout(resolve, Number(response.headers.get("Retry-After")) * 1000));
    }
  }

  async group(name) {
    const { conversation } = await this.call("POST", "/conversations", { kind: "group", name });
    return conversation.id;
  }

  async direct(userId) {
    const { conversation } = await this.call("POST", "/conversations", { kind: "direct", userId });
    return conversation.id;
  }

  /** `more`: files, what it replies to; gives its seq. */
  async say(conversationId, body, more = {}) {
    return (await this.call("POST", `/conversations/${conversationId}/messages`, { body, ...more })).seq;
  }

  /** Gives the id of the file. */
  async upload(name, bytes) {
    const headers = { "Content-Type": "application/octet-stream", Authorization: `Bearer ${this.#token}` };
    const response = await fetch(`${this.#url}/api/files?${new URLSearchParams({ name })}`, { method: "POST", headers, body: bytes });
    if (!response.ok) throw new Error(`upload of ${name}: ${response.status} ${await response.text()}`);
    return (await response.json()).file.id;
  }

  async show(face) {
    await this.call("PATCH", "/me", { avatar: await this.upload("me.png", face) });
  }

  /** The texts of all messages as the server has them. */
  async texts(conversationId) {
    const texts = [];
    let before = "";
    for (;;) {
      const page = await this.call("GET", `/conversations/${conversationId}/messages?limit=200${before}`);
      texts.unshift(...page.messages.map((message) => message.body));
      if (!page.hasMore) return texts;
      before = `&before=${page.messages[0].seq}`;
    }
  }
}
