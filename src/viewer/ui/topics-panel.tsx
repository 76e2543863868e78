import { Switch, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { TopicListing } from "../../protocol/topics/topic-requests.ts";
import { kindOf } from "../topics/topic-kinds.ts";
import { TopicCard } from "./topic-card.tsx";
import { useSignal, useViewer } from "./viewer-context.ts";
import "./topics.css";

const askEveryMs = 2000;
const mostListed = 300;

/** The topics of ROS: those that are shown, with what came last, and all others to choose from. */
export function TopicsPanel() {
  const { desk } = useViewer().topics;
  const topics = useSignal(desk.topics);
  const problem = useSignal(desk.problem);
  const shown = useSignal(desk.shown);
  const [search, setSearch] = useState("");
  useEffect(() => {
    desk.refresh();
    const timer = setInterval(() => desk.refresh(), askEveryMs);
    return () => clearInterval(timer);
  }, [desk]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (topics ?? []).filter(({ name, type }) =>
    words.every((word) => `${name} ${type}`.toLowerCase().includes(word)),
  );
  return (
    <div className="topics">
      {problem !== null && (
        <Text size="xs" c="dimmed">
          {problem}
        </Text>
      )}
      {shown.map((topic) => (
        <TopicCard key={topic} topic={topic} />
      ))}
      {topics === null && problem === null && (
        <Text size="xs" c="dimmed">
          Asking ROS for its topics …
        </Text>
      )}
      {topics !== null && (
        <>
          <TextInput
            size="xs"
            mt={8}
            mb={8}
            label="Find a topic by its name or type"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <ul className="topic-list" aria-label="Topics">
            {found.slice(0, mostListed).map((listing) => (
              <TopicRow key={listing.name} listing={listing} isShown={shown.includes(listing.name)} />
            ))}
          </ul>
          {found.length > mostListed && (
            <Text size="xs" c="dimmed">
              {found.length - mostListed} more: narrow the search.
            </Text>
          )}
          {found.length === 0 && (
            <Text size="xs" c="dimmed">
              {topics.length === 0 ? "No topic is published." : "No topic has this in its name or type."}
            </Text>
          )}
        </>
      )}
    </div>
  );
}

const kindWords = { layer: "3D", picture: "picture", fix: "place", fields: "fields" } as const;

function TopicRow({ listing, isShown }: { listing: TopicListing; isShown: boolean }) {
  const { desk } = useViewer().topics;
  const { name, type, publishers, refused } = listing;
  const kind = kindOf(type);
  return (
    <li className="topic-row">
      <Switch
        size="xs"
        checked={isShown}
        disabled={refused !== undefined && !isShown}
        title={refused}
        label={
          <>
            <span className="topic-name">{name}</span>{" "}
            <span className="dim topic-type">{type.replace("/msg/", "/")}</span>
          </>
        }
        onChange={(event) => (event.currentTarget.checked ? desk.show(name, type) : desk.hide(name))}
      />
      <small className="topic-kind dim">{publishers === 0 ? "nobody" : kindWords[kind]}</small>
    </li>
  );
}
