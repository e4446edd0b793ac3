import { Fragment } from "react";

/** A name of the database, which may break after an underscore where space is short. */
export function TableName({ name }: { name: string }) {
  return (
    <code className="font-mono text-xs sm:text-[0.8125rem]">
      {(name.match(/[^_.]+[_.]*/g) ?? [name]).map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  );
}
