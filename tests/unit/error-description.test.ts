import { describe, expect, it } from "vitest";
import { describeError } from "~/components/error-description";

/** A Response that a loader threw, as Remix hands it to an error boundary. */
const thrown = (status: number, data: unknown) => ({
  status,
  statusText: "",
  internal: false,
  data,
});

const problem = {
  status: 503,
  title: "Database busy",
  detail: "The database is busy. Try again in a moment.",
  requestId: "r-1",
};

describe("what an error page says", () => {
  it("is what the problem details say, with a next step", () => {
    const description = describeError(thrown(503, problem));
    expect(description).toMatchObject(problem);
    expect(description.nextStep).toContain("request id");
  });

  it("reads problem details that Remix left as text", () => {
    const description = describeError(thrown(503, JSON.stringify(problem)));
    expect(description).toMatchObject(problem);
  });

  it.each([
    [404, "Page not found"],
    [405, "Method not allowed"],
  ])("is plain for Remix' own %d, whose text is about routes", (status, title) => {
    const text = `Error: You made a request to "/x" but route "routes/x" cannot answer it`;
    const description = describeError(thrown(status, text));
    expect(description).toMatchObject({ status, title });
    expect(JSON.stringify(description)).not.toContain("routes/x");
  });

  it("shows nothing of an unexpected error", () => {
    const description = describeError(new Error("connect ECONNREFUSED 10.0.0.7:3210"));
    expect(description.status).toBe(500);
    expect(JSON.stringify(description)).not.toContain("10.0.0.7");
  });

  it.each([400, 401, 403, 404, 405, 409, 429, 500, 502, 503, 504, 507])(
    "always has a title, a detail and a next step: %d",
    (status) => {
      const { title, detail, nextStep } = describeError(thrown(status, null));
      for (const text of [title, detail, nextStep]) expect(text).toMatch(/^\S.*\S$/);
    },
  );
});
