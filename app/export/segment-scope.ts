import type { Owner } from "../../convex/model/segmentTables";
import { ExportError } from "./errors";
import type { SegmentFilter } from "./segment-filter";
import type { ExportSource, SegmentNames, SnapshotTimestamp } from "./source";

/** Whom a segment is about: the ids that its filters stand for. */
export interface SegmentScope {
  company?: string[];
  site?: string[];
  participant?: string[];
}

type Problem = { parameter: string; message: string };

/**
 * Looks up whom the filters name.
 * @throws ExportError `bad_segment` with every name that stands for nobody, for several, or for
 *   somebody of another company or site than the filters say.
 */
export async function findScope(
  source: ExportSource,
  timestamp: SnapshotTimestamp,
  { company = [], site = [], participant = [] }: SegmentFilter,
  signal: AbortSignal,
): Promise<SegmentScope> {
  if (company.length + site.length + participant.length === 0) return {};
  const keys = { companies: company, sites: site, participants: participant };
  const names = await source.lookUp(timestamp, keys, signal);
  const problems = [...unknownNames(names), ...foreignNames(names)];
  if (problems.length > 0) throw badSegment(problems);
  return {
    ...scopeOf(
      "company",
      names.companies.flatMap(({ ids }) => ids),
    ),
    ...scopeOf(
      "site",
      names.sites.flatMap(({ id }) => id ?? []),
    ),
    ...scopeOf(
      "participant",
      names.participants.flatMap(({ id }) => id ?? []),
    ),
  };
}

/** An error that names the filters that are to be changed. */
export function badSegment(problems: readonly Problem[]): ExportError {
  const detail = problems.map(({ parameter, message }) => `${parameter} ${message}`).join("; ");
  return new ExportError("bad_segment", detail, { problems });
}

function scopeOf(filter: keyof SegmentScope & Owner, ids: string[]): SegmentScope {
  // A company may be named by its id and by its slug.
  return ids.length === 0 ? {} : { [filter]: [...new Set(ids)] };
}

function unknownNames({ companies, sites, participants }: SegmentNames): Problem[] {
  return [
    ...companies.flatMap(({ key, ids }): Problem[] => {
      if (ids.length === 1) return [];
      const message =
        ids.length === 0
          ? `names no company: "${key}" is neither an id nor a slug`
          : `names several companies: "${key}" is the slug of more than one, use an id`;
      return [{ parameter: "company", message }];
    }),
    ...sites.flatMap(({ key, id }): Problem[] =>
      id === null ? [{ parameter: "site", message: `names no site: "${key}" is not an id` }] : [],
    ),
    ...participants.flatMap(({ key, id }): Problem[] =>
      id === null
        ? [{ parameter: "participant", message: `names no participant: "${key}" is not an id` }]
        : [],
    ),
  ];
}

/** Filters that contradict each other: no document could meet all of them. */
function foreignNames({ companies, sites, participants }: SegmentNames): Problem[] {
  const companyIds = new Set(companies.flatMap(({ ids }) => ids));
  const siteIds = new Set(sites.flatMap(({ id }) => id ?? []));
  const isForeign = (owners: ReadonlySet<string>, owner: string | null) =>
    owners.size > 0 && (owner === null || !owners.has(owner));
  return [
    ...sites
      .filter(({ id, company }) => id !== null && isForeign(companyIds, company))
      .map(({ key }) => ({
        parameter: "site",
        message: `names a site of another company: ${key}`,
      })),
    ...participants
      .filter(({ id, company }) => id !== null && isForeign(companyIds, company))
      .map(({ key }) => ({
        parameter: "participant",
        message: `names a participant of another company: ${key}`,
      })),
    ...participants
      .filter(({ id, site }) => id !== null && isForeign(siteIds, site))
      .map(({ key }) => ({
        parameter: "participant",
        message: `names a participant of another site: ${key}`,
      })),
  ];
}
