// The list of conversations with what starts new ones above and the signed-in user below.
import type { User } from "../../lib/api-types";
import { KEY_NAMES } from "../../lib/shortcuts";
import { texts } from "../../lib/texts";
import { UserAvatar } from "../../lib/ui/avatar";
import { IconButton } from "../../lib/ui/button";
import { Icon, Logo } from "../../lib/ui/icons";
import { Menu } from "../../lib/ui/menu";
import { ConversationList } from "./conversation-list";
import styles from "./sidebar.module.css";

interface SidebarProps {
  user: User;
  /** It is the whole page, so its name is the page's heading. */
  onlyList: boolean;
  onJump: () => void;
  onNewChat: () => void;
  onNewGroup: () => void;
  onBrowse: () => void;
  onSearch: () => void;
  onAllRead: () => void;
  onSettings: () => void;
  onHelp: () => void;
  onSignOut: () => void;
}

export function Sidebar({ user, onlyList, onJump, onNewChat, onNewGroup, onBrowse, onSearch, onAllRead, onSettings, onHelp, onSignOut }: SidebarProps) {
  return (
    <>
      <div className={styles["top"]}>
        <Logo />
        {onlyList ? <h1 className={styles["brand"]}>{texts.product}</h1> : <span className={styles["brand"]}>{texts.product}</span>}
        <IconButton icon="search" label={texts.attention.search} onClick={onSearch} />
        <IconButton icon="compass" label={texts.sidebar.browse} onClick={onBrowse} />
        <IconButton icon="group" label={texts.sidebar.newGroup} onClick={onNewGroup} />
        <IconButton icon="compose" label={texts.sidebar.newChat} onClick={onNewChat} />
      </div>
      <button type="button" className={styles["jump"]} onClick={onJump}>
        <Icon name="search" size={17} />
        <span>{texts.sidebar.jump}</span>
        <span className={styles["keys"]} aria-hidden="true">
          <kbd>{KEY_NAMES.command}</kbd>
          <kbd>{KEY_NAMES.k}</kbd>
        </span>
      </button>
      <nav className={styles["scroll"]} aria-label={texts.sidebar.list}>
        <ConversationList onNewChat={onNewChat} onNewGroup={onNewGroup} onBrowse={onBrowse} />
      </nav>
      <div className={styles["bottom"]}>
        <UserAvatar user={user} size="small" />
        <span className={styles["me"]}>
          <strong>{user.displayName}</strong>
          <span>{texts.person.handle(user.username)}</span>
        </span>
        <Menu
          items={[
            { label: texts.attention.allRead, icon: "tick", onSelect: onAllRead },
            { label: texts.sidebar.settings, icon: "settings", onSelect: onSettings },
            { label: texts.sidebar.shortcuts, icon: "keyboard", onSelect: onHelp },
            { label: texts.sidebar.signOut, icon: "leave", onSelect: onSignOut },
          ]}
        >
          <IconButton icon="more" label={texts.sidebar.account} />
        </Menu>
      </div>
    </>
  );
}
