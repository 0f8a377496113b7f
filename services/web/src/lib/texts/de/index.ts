// German.
import type { Texts } from "..";
import * as actions from "./actions";
import * as account from "./account";
import * as attention from "./attention";
import * as common from "./common";
import * as composer from "./composer";
import * as conversation from "./conversation";
import * as emoji from "./emoji";
import * as groups from "./groups";
import * as help from "./help";
import * as manage from "./manage";
import * as messages from "./messages";
import * as palette from "./palette";
import * as people from "./people";
import * as search from "./search";
import * as settings from "./settings";
import * as sidebar from "./sidebar";
import * as sign from "./sign";
import * as writing from "./writing";

export const de: Texts = {
  ...actions,
  ...account,
  ...attention,
  ...common,
  ...composer,
  ...conversation,
  ...emoji,
  ...groups,
  ...help,
  ...manage,
  ...messages,
  ...palette,
  ...people,
  ...search,
  ...settings,
  ...sidebar,
  ...sign,
  ...writing,
};
