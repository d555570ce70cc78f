import { type CheckReport, countOf, type Report } from './report';

/** A report as Markdown. Pure. */
export function reportText(report: Report): string {
  const { date, region, mode, version, assumptions, others } = report;
  const counts = `${countOf(report, 'holds')} hold, ${countOf(report, 'differs')} differ, ${countOf(report, 'not asked')} were not asked`;
  return [
    '# What AWS does',
    `Asked by \`npm run acceptance -- --${mode}\` of version ${version}, on ${date} in ${region}: ${counts}.`,
    ...assumptions.map(({ number, statement, verdict, because, checks }) =>
      section(`${number}: ${verdict}`, [statement, ...(because === undefined ? [] : [because])], checks),
    ),
    ...others.map((other) => section(`${other.name}: ${other.verdict}`, [], [other])),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(title: string, paragraphs: readonly string[], checks: readonly CheckReport[]): string {
  return [`## ${title}`, ...paragraphs, ...checks.map(checkText)].join('\n\n');
}

function checkText({ asks, mode, verdict, because, observed }: CheckReport): string {
  const figures = Object.entries(observed).map(
    ([name, value]) => `- \`${name}\`: ${typeof value === 'string' ? `\`${value}\`` : String(value)}`,
  );
  const found = `_${asks}_ (${mode}): ${verdict}.${because === undefined ? '' : ` ${because}`}`;
  return [found, ...(figures.length === 0 ? [] : [figures.join('\n')])].join('\n\n');
}
