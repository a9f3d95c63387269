/** What an outcome can be rendered as. The first is the default. */
export const reportFormats = ['text', 'json'] as const;

export type ReportFormat = (typeof reportFormats)[number];
