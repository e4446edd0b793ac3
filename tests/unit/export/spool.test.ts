import { expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { Spool } from "~/export/spool";

test("a table's chunks are read back in the order in which they came", () => {
  const spool = new Spool(100);
  spool.append("a", Buffer.from("one"));
  spool.append("b", Buffer.from("other"));
  spool.append("a", Buffer.from("two"));
  expect(Buffer.concat([...spool.read("a")]).toString()).toBe("onetwo");
  expect(Buffer.concat([...spool.read("b")]).toString()).toBe("other");
  expect(spool.read("c")).toEqual([]);
  expect(spool.bytes).toBe(11);
});

test("the bound may be reached, and what is past it is refused and not kept", () => {
  const spool = new Spool(10);
  spool.append("a", Buffer.alloc(10));
  let thrown: unknown;
  try {
    spool.append("b", Buffer.alloc(1));
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ExportError);
  expect(thrown).toMatchObject({ code: "too_large" });
  expect(spool.bytes).toBe(10);
  expect(spool.read("b")).toEqual([]);
});

test("a disposed spool is empty and has room again", () => {
  const spool = new Spool(4);
  spool.append("a", Buffer.alloc(4));
  spool.dispose();
  expect(spool.bytes).toBe(0);
  expect(spool.read("a")).toEqual([]);
  spool.append("a", Buffer.alloc(4));
  expect(spool.bytes).toBe(4);
});

test("table names that objects inherit are tables like others", () => {
  const spool = new Spool(100);
  expect(spool.read("constructor")).toEqual([]);
  spool.append("__proto__", Buffer.from("x"));
  expect(Buffer.concat([...spool.read("__proto__")]).toString()).toBe("x");
});
