import { Person, startBrowser } from "./person.mjs";
import { TestServer } from "./server.mjs";
import { Script } from "./script.mjs";
import { fill } from "./sample.mjs";
const server = await TestServer.create(); const browser = await startBrowser();
try {
const ada = await Script.signUp(server.url, "ada", "Ada Lovelace");
await fill(server.url, ada);
for (const [k,o] of [["phone",{viewport:{width:390,height:844}, isMobile:true, hasTouch:true}],["desk",{viewport:{width:1280,height:800}}]]) {
const ctx=await browser.newContext({baseURL:server.url, ...o});
const p=new Person(await ctx.newPage(),"ada","Ada Lovelace"); await p.page.goto("/sign-in"); await p.signIn();
await p.open("Launch week"); await p.sees("Two is perfect. I bring the cake 🍰");
for (let i=0;i<6;i++){ console.log(k, await p.fromEnd(), await p.history.evaluate(l=>[l.scrollTop,l.scrollHeight])); await p.page.waitForTimeout(80);}
await p.page.screenshot({path:`/tmp/shots/dbg-${k}.png`});
}
} finally { await browser.close(); await server.remove(); }
