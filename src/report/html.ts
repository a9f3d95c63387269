/**
 * An outcome as one HTML page for people. It asks nothing of any network, has no script, and its
 * policy (CSP level 3) lets nothing in but its own stylesheet, by the hash of it.
 */
import { createHash } from 'node:crypto';
import { exitCode, type RunOutcome } from '../model/outcome';
import { counted } from './counted';
import { checkDetails, criteriaTable } from './page/criteria';
import { declared, problemTable } from './page/declared';
import { driftNews } from './page/drift-news';
import { exposureTable } from './page/exposure-table';
import type { Detail } from './host-blocks';
import { hostChanges } from './page/host-changes';
import { ignoredTable } from './page/ignored-table';
import { Markup, markup } from './page/markup';
import { meshPicture } from './page/mesh-picture';
import { pairMatrix } from './page/pair-matrix';
import { pairReasons } from './page/pair-reasons';
import { type Pairs, pairsOf } from './page/pairs';
import { sessionTable } from './page/session-table';
import { oneSidedTexts } from './one-sided';
import { badge, stateCounts } from './page/state';
import { styles } from './page/styles';
import { tiles } from './page/tiles';
import { minuteText } from './page/time';
import { unasked, verdictOf } from './page/verdict';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export function htmlReport(run: RunOutcome, shown: Detail): string {
  const { command, inventory } = run;
  const pairs = pairsOf(run);
  const parts = sections(run, pairs, shown);
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${inventory}: wgpush ${command}, ${run.startedAt.slice(0, 10)}</title>
<style>${new Markup(styles)}</style>
</head>
<body>
<a class="skip-link" href="#main">Skip to the report</a>
${header(run, pairs)}
<nav aria-label="Sections"><ul>${parts.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${parts.map(
  ({
    id,
    title,
    content,
  }) => markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}
</section>
`,
)}</main>
<footer>Made by wgpush from what the hosts answered at that time. Identifiers are those of RFC-WG-0002. All times are UTC.</footer>
</body>
</html>
`.html;
}

function header(run: RunOutcome, pairs: Pairs): Markup {
  const { command, inventory, startedAt, durationMs } = run;
  const { state, title, text } = verdictOf(run);
  return markup`<header>
<p class="run">wgpush ${command} · inventory <b>${inventory}</b> · ${minuteText(startedAt)} · took ${(durationMs / 1000).toFixed(1)} s · exit code ${exitCode(run)}</p>
<div class="verdict ${state}"><h1>${title}</h1><p>${badge(state)} ${text}</p></div>
${tiles(run, pairs, dayOf(run))}
</header>`;
}

function sections(run: RunOutcome, pairs: Pairs, { diff, commands }: Detail): readonly Section[] {
  if (run.problems.length > 0) {
    return [{ id: 'mistakes', title: 'Mistakes', content: problemTable(run.problems) }];
  }
  const { command, hosts, checks, mesh, exposures, handshakes, oneSided, overview, warnings } = run;
  const { drifting = [] } = run;
  const ignored = ignoredTable(run, dayOf(run));
  const scope = { isWhole: unasked(run).length === 0 };
  const isOnlyLookedAt = command === 'verify';
  const none = (what: string) => markup`<p>${badge('none')} ${what}</p>`;
  const all: readonly (Section | undefined)[] = [
    drifting.length === 0
      ? undefined
      : { id: 'drifting', title: 'Since the last run', content: driftNews(drifting, run) },
    { id: 'criteria', title: 'Criteria', content: criteriaTable(checks, scope) },
    overview && { id: 'declared', title: 'Declared', content: declared(overview) },
    hosts.length === 0
      ? undefined
      : {
          id: 'hosts',
          title: isOnlyLookedAt ? 'Hosts' : 'Hosts and changes',
          content: hostChanges(hosts, { diff, commands, isOnlyLookedAt }),
        },
    oneSided && {
      id: 'one-sided',
      title: 'One-sided edges',
      content: markup`<ul>${oneSidedTexts(oneSided).map((text) => markup`<li>${text}</li>`)}</ul><p>To be healed by <code>${oneSided.command}</code>.</p>`,
    },
    ignored && { id: 'ignored', title: 'Ignored', content: ignored },
    mesh && { id: 'mesh', title: 'Mesh', content: meshPicture(run, mesh, pairs) },
    pairs.all.every(({ state }) => state === 'none')
      ? { id: 'pairs', title: 'Pairs', content: none('No pair of hosts was looked at.') }
      : {
          id: 'pairs',
          title: 'Pairs',
          content: markup`<p>${stateCounts(pairs.all.map(({ state }) => state))}, of ${counted(pairs.all.length, 'pair')} that may talk.</p>${pairMatrix(pairs)}${pairReasons(pairs)}`,
        },
    {
      id: 'exposure',
      title: 'Exposure',
      content:
        exposures === undefined
          ? none('What is public is told by verify and drift.')
          : exposureTable(exposures, dayOf(run)),
    },
    checks.length === 0
      ? undefined
      : { id: 'checks', title: 'Checks', content: checkDetails(checks, scope) },
    handshakes && { id: 'sessions', title: 'Sessions', content: sessionTable(handshakes) },
    warnings.length === 0
      ? undefined
      : {
          id: 'warnings',
          title: 'Warnings',
          content: markup`<ul>${warnings.map((text) => markup`<li>${text}</li>`)}</ul>`,
        },
  ];
  return all.filter((section) => section !== undefined);
}

/** `YYYY-MM-DD`, in UTC. */
function dayOf({ startedAt }: RunOutcome): string {
  return startedAt.slice(0, 10);
}
