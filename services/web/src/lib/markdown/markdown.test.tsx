// What a message becomes in the page: only elements made here, with only the attributes given here.
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { ADA, GRACE } from "../../testing/samples";
import { Markdown } from "./markdown";
import { mentionResolver, nobody } from "./mentions";

afterEach(cleanup);

const ELEMENTS = "a blockquote br button circle code div em figcaption figure hr li ol p path pre s span strong svg table tbody td th thead tr ul".split(" ");

function draw(text: string): HTMLElement {
  return render(<Markdown text={text} mentions={nobody} tabIndex={-1} />).container;
}

describe("a message in the page", () => {
  it.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1)) [y](data:text/html;base64,PHNjcmlwdD4=) <javascript:alert(1)>",
    '[x](https://a.example/"onmouseover="alert(1)) https://a.example/"onclick="alert(1)',
    "![x](https://a.example/track.png) ![](javascript:alert(1))",
    "```\"><img src=x onerror=alert(1)>\n</code></pre><script>alert(1)</script>\n```",
    "| <iframe srcdoc=x> |\n|-|\n| <style>*{display:none}</style> |",
    "`</code><script>alert(1)</script>`",
    "> <form action=//a.example><input name=password>",
    "[<img src=x onerror=alert(1)>](https://a.example '\"><script>alert(1)</script>')",
    "&lt;script&gt;alert(1)&lt;/script&gt; \u0000<scr\u0000ipt>",
    "@<script>alert(1)</script> @ada<b>",
  ])("holds nothing that acts: %j", (text) => {
    const drawn = draw(text);
    for (const element of drawn.querySelectorAll("*")) {
      expect(ELEMENTS).toContain(element.tagName.toLowerCase());
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^srcdoc$|^src$|^action$|^formaction$|^xlink/);
    }
    for (const link of drawn.querySelectorAll("a")) {
      expect(link.protocol).toMatch(/^(?:https?|mailto):$/);
      expect([link.rel, link.target]).toEqual(["noopener noreferrer nofollow", "_blank"]);
    }
  });

  it("tells where a link goes if its words say something else", () => {
    draw("[https://bank.example](https://evil.example)");
    expect(screen.getByRole("link").getAttribute("title")).toBe("https://evil.example/");
  });

  it("marks those whom the server took for mentioned, and oneself", () => {
    const people = new Map([ADA, GRACE].map((user) => [user.id, user]));
    const mentions = mentionResolver({ mentions: [ADA.id, GRACE.id], everyone: false }, people, ADA.id);
    const text = "@Ada. @grace @bob @everyone";
    const { container } = render(<Markdown text={text} mentions={mentions} tabIndex={-1} />);
    const marked = [...container.querySelectorAll(".mention")].map((one) => [one.textContent, one.classList.contains("self")]);
    expect(marked).toEqual([["@Ada", true], ["@grace", false]]);
    expect(container.textContent).toBe(text);
  });

  it("colours code when the highlighter is there, and changes no letter of it", async () => {
    const code = 'fn main() {\n  let a = "<b>"; // x\n}';
    const drawn = draw(`\`\`\`rust\n${code}\n\`\`\``);
    expect(drawn.querySelector("code")?.textContent).toBe(code);
    await waitFor(() => expect(drawn.querySelector(".keyword")?.textContent).toBe("fn"));
    expect(drawn.querySelector("code")?.textContent).toBe(code);
    expect(draw("```klingon\nfn\n```").querySelector(".keyword")).toBeNull();
  });
});
