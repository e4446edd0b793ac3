import { expect, test } from "vitest";
import { errorOf, scriptedConvex, streamPage, success } from "../../support/scripted-convex";

/** More than 1 MiB as JSON: two of each document's references, as small documents have them. */
const IDS = Array.from({ length: 16_000 }, (_, index) => String(index).padStart(32, "j")).join(
  "\n",
);

test("a page that refers to more documents than fit beside its lines is too large, and not repeated", async () => {
  const server = await scriptedConvex([
    success({
      tables: [{ lines: "", name: "users", records: 0 }],
      next: null,
      redactions: {},
      withheld: {},
      references: { companies: IDS, sites: IDS },
    }),
  ]);
  const error = await errorOf(streamPage(server.client));
  expect(error.code).toBe("page_too_large");
  expect(error.detail).toBe("exports:readLines: more than 1048576 bytes beside lines");
  expect(server.received).toHaveLength(1);
  await server.close();
});
