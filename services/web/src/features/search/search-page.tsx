// Looking for messages: a line to type in with completion of filters, and what was found, best first. The query
// stands in the address, so "back" and a copied address find it again.
import { useInfiniteQuery, keepPreviousData } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { searchMessages } from "../../lib/api/search-messages";
import { ApiError } from "../../lib/http";
import { usePlaceInTitle } from "../../lib/page-title";
import { queryKeys } from "../../lib/query-client";
import { FILTERS } from "../../lib/search-query";
import { texts } from "../../lib/texts";
import { Button } from "../../lib/ui/button";
import { Icon } from "../../lib/ui/icons";
import { Notice } from "../../lib/ui/notice";
import { Skeleton } from "../../lib/ui/skeleton";
import { useSettled } from "../../lib/use-settled";
import { Hits } from "./hits";
import { SearchField } from "./search-field";
import styles from "./search.module.css";

const SETTLE_MILLIS = 300;

export function SearchPage() {
  const [params, setParams] = useSearchParams();
  const asked = params.get("q") ?? "";
  const [text, setText] = useState(asked);
  usePlaceInTitle(texts.search.title);
  const query = useSettled(text.trim(), SETTLE_MILLIS);
  useEffect(() => setParams(query === "" ? {} : { q: query }, { replace: true }), [query, setParams]);
  // Somebody asked for another search, or went back to an earlier one.
  const [followed, setFollowed] = useState(asked);
  if (asked !== followed) {
    setFollowed(asked);
    if (asked.trim() !== text.trim() && asked !== query) setText(asked);
  }
  return (
    <div className={styles["page"]}>
      <header className={styles["header"]}>
        <Link to="/" className={styles["back"]} aria-label={texts.conversation.back}>
          <Icon name="back" />
        </Link>
        <h1>{texts.search.title}</h1>
      </header>
      <SearchField value={text} onChange={setText} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard */}
      <div className={styles["scroll"]} tabIndex={0} role="region" aria-label={texts.search.list}>
        {query === "" ? <Begin onPick={(filter) => setText(`${filter}:`)} /> : <Found query={query} />}
      </div>
    </div>
  );
}

function Begin({ onPick }: { onPick: (filter: string) => void }) {
  return (
    <Notice icon="search" title={texts.search.begin} text={texts.search.beginText}>
      <ul className={styles["filters"]}>
        {FILTERS.map((filter) => (
          <li key={filter}>
            <button type="button" onClick={() => onPick(filter)}>
              <code>{`${filter}:`}</code> {texts.search.filters[filter]}
            </button>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Found({ query }: { query: string }) {
  const found = useInfiniteQuery({
    queryKey: queryKeys.search(query),
    queryFn: ({ pageParam, signal }) => searchMessages(query, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  if (found.isPending) return <Skeleton label={texts.search.loading} shape="rows" count={6} />;
  if (found.isError) {
    // A query that cannot be meant is said at once; only trouble can be tried again.
    const passing = found.error instanceof ApiError && found.error.passing;
    return (
      <Notice icon="alert" title={texts.search.failed} text={found.error.message}>
        {passing && <Button onClick={() => void found.refetch()}>{texts.tryAgain}</Button>}
      </Notice>
    );
  }
  const hits = found.data.pages.flatMap((page) => page.hits);
  const nothing = hits.length === 0 && !found.hasNextPage;
  return (
    <>
      <p role="status" className={nothing ? "visually-hidden" : styles["count"]}>
        {nothing ? texts.search.nothing(query) : texts.search.found(hits.length, found.hasNextPage)}
      </p>
      {nothing ? <Notice icon="search" title={texts.search.nothing(query)} text={texts.search.nothingText} /> : <Hits hits={hits} />}
      {found.hasNextPage && (
        <Button look="quiet" className={styles["more"]} disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {texts.search.more}
        </Button>
      )}
    </>
  );
}
