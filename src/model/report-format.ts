/** What an outcome can be rendered as. The first is the default. */
export const reportFormats = ['text', 'json', 'junit', 'sarif', 'prometheus', 'html'] as const;

export type ReportFormat = (typeof reportFormats)[number];

/** How the name of a file ends that holds such a report. */
export const endings: Readonly<Record<ReportFormat, string>> = {
  text: '.txt',
  json: '.json',
  junit: '.xml',
  sarif: '.sarif',
  prometheus: '.prom',
  html: '.html',
};

/** Undefined where the name of the file says nothing. */
export function formatOfFile(file: string): ReportFormat | undefined {
  return reportFormats.find((format) => file.endsWith(endings[format]));
}
