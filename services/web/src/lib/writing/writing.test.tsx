// What the keys do to a text, and what is offered while one writes.
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { loadEmoji } from "../emoji/load-emoji";
import { createQueryClient } from "../query-client";
import { ADA, GRACE } from "../../testing/samples";
import { suggestPeople, wantedAt } from "./completion";
import { continueList, makeLink, toggleMark, type Edit } from "./edits";
import { editByKey } from "./keys";
import { WritingField } from "./writing-field";

/** "a [b] c" is an edit with b selected, "a | c" one with a caret. */
function edit(drawn: string): Edit {
  const text = drawn.replace(/[⟨⟩|]/g, "");
  const start = drawn.search(/[⟨|]/);
  const end = drawn.includes("⟩") ? drawn.indexOf("⟩") - 1 : start;
  return { text, start, end };
}
function draw({ text, start, end }: Edit): string {
  return start === end ? `${text.slice(0, start)}|${text.slice(start)}` : `${text.slice(0, start)}⟨${text.slice(start, end)}⟩${text.slice(end)}`;
}

describe("marks", () => {
  it("go around what is selected, and away again", () => {
    for (const mark of ["**", "*", "`", "~~"] as const) {
      const once = toggleMark(edit("a ⟨b⟩ c"), mark);
      expect(draw(once)).toBe(`a ${mark}⟨b⟩${mark} c`);
      expect(draw(toggleMark(once, mark))).toBe("a ⟨b⟩ c");
      expect(draw(toggleMark(edit(`a ⟨${mark}b${mark}⟩ c`), mark))).toBe("a ⟨b⟩ c");
    }
    expect(draw(toggleMark(edit("|"), "**"))).toBe("**|**");
    expect(draw(toggleMark(edit("**⟨b⟩**"), "*"))).toBe("***⟨b⟩***");
    expect(draw(toggleMark(edit("x⟨a\nb⟩"), "`"))).toBe("x\n```\n⟨a\nb⟩\n```");
  });

  it("make links", () => {
    expect(draw(makeLink(edit("see ⟨this⟩.")))).toBe("see [this](|).");
    expect(draw(makeLink(edit("⟨https://a.example⟩")))).toBe("[|](https://a.example)");
  });

  it("have keys, and Ctrl+K is left alone without a selection", () => {
    const keys = (key: string, shiftKey = false) => ({ key, ctrlKey: true, metaKey: false, altKey: false, shiftKey });
    expect(editByKey(keys("b"), edit("⟨a⟩"))?.text).toBe("**a**");
    expect(editByKey(keys("X", true), edit("⟨a⟩"))?.text).toBe("~~a~~");
    expect(editByKey(keys("k"), edit("⟨a⟩"))?.text).toBe("[a]()");
    expect(editByKey(keys("k"), edit("a|"))).toBeNull();
    expect(editByKey({ ...keys("b"), altKey: true }, edit("⟨a⟩"))).toBeNull();
  });
});

describe("lists", () => {
  it("go on, count on, and end at an empty item", () => {
    const after = (drawn: string) => {
      const next = continueList(edit(drawn));
      return next === null ? null : draw(next);
    };
    expect(after("- a|")).toBe("- a\n- |");
    expect(after("  9. a|b")).toBe("  9. a\n  10. |b");
    expect(after("> a|")).toBe("> a\n> |");
    expect(after("- a\n- |")).toBe("- a\n|");
    expect(after("no list|")).toBeNull();
    expect(after("-no|")).toBeNull();
  });
});

describe("completion", () => {
  it("looks for names behind @ and emoji behind a colon, at the beginning of a word", () => {
    const at = (drawn: string) => wantedAt(edit(drawn).text, edit(drawn).start);
    expect(at("hello @gr|")).toEqual({ kind: "person", query: "gr", from: 6 });
    expect(at("@|")).toEqual({ kind: "person", query: "", from: 0 });
    expect(at("x :ro|cket")).toEqual({ kind: "emoji", query: "ro", from: 2 });
    for (const none of ["ada@gr|", ":)|", "at 10:30|", "a:bc|", ":r|", "@ada |", "https://x:80|"]) expect([none, at(none)]).toEqual([none, null]);
  });

  it("finds usernames first, then names, and everybody if that is allowed", () => {
    const hop = { ...ADA, id: "h", username: "hopper2", displayName: "Someone" };
    const keys = (query: string, everyone = false) => suggestPeople([ADA, GRACE, hop], everyone, query).map((one) => one.insert);
    expect(keys("hop")).toEqual(["@hopper2 ", "@grace "]);
    expect(keys("")).toHaveLength(3);
    expect(keys("ev", true)).toEqual(["@everyone "]);
    expect(keys("ev")).toEqual([]);
  });
});

describe("the field", () => {
  const naming = vi.fn();
  const other = vi.fn();
  function Field() {
    const [text, setText] = useState("");
    return <WritingField value={text} onValue={setText} people={[ADA, GRACE]} onNaming={naming} onKeyDown={(event) => void other(event.key)} />;
  }
  beforeEach(async () => {
    Element.prototype.scrollIntoView = vi.fn();
    const client = createQueryClient();
    client.setQueryData(["emoji", "en"], await loadEmoji("en"));
    render(
      <QueryClientProvider client={client}>
        <Field />
      </QueryClientProvider>,
    );
    return cleanup;
  });
  const value = () => screen.getByRole<HTMLTextAreaElement>("textbox").value;

  it("completes a name with the keyboard; Enter is the list's while it is open", async () => {
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox"), "hi @");
    expect(naming.mock.calls).toEqual([[""]]);
    expect(screen.getAllByRole("option")).toHaveLength(2);
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("textbox").getAttribute("aria-activedescendant")).toBe(screen.getByRole("option", { selected: true }).id);
    other.mockClear();
    await user.keyboard("{Enter}");
    expect([value(), other.mock.calls]).toEqual(["hi @grace ", []]);
    expect(screen.queryByRole("listbox")).toBeNull();
    await user.keyboard("{Enter}");
    expect(other).toHaveBeenCalledWith("Enter");
  });

  it("completes an emoji, by mouse too, and puts the list away with Escape", async () => {
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox"), ":rock");
    await user.click(screen.getByRole("option", { name: /:rocket:/ }));
    expect(value()).toBe("🚀 ");
    await user.keyboard("@a{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    await user.keyboard("d @g");
    expect(screen.getAllByRole("option")).toHaveLength(1);
  });

  it("marks what is selected and goes on with a list", async () => {
    const user = userEvent.setup();
    await user.type(screen.getByRole("textbox"), "- bold");
    screen.getByRole<HTMLTextAreaElement>("textbox").setSelectionRange(2, 6);
    await user.keyboard("{Control>}b{/Control}");
    expect(value()).toBe("- **bold**");
    screen.getByRole<HTMLTextAreaElement>("textbox").setSelectionRange(10, 10);
    await user.keyboard("{Shift>}{Enter}{/Shift}");
    expect(value()).toBe("- **bold**\n- ");
  });
});
