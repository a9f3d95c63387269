/** An outcome in the format that is asked for. */
import type { RunOutcome } from '../model/outcome';
import type { ReportFormat } from '../model/report-format';
import { htmlReport } from './html';
import { jsonReport } from './json';
import { junitReport } from './junit';
import { prometheusReport } from './prometheus';
import { sarifReport } from './sarif';
import { type TextOptions, textReport } from './text';

export function rendered(run: RunOutcome, format: ReportFormat, options: TextOptions): string {
  switch (format) {
    case 'text':
      return textReport(run, options);
    case 'json':
      return jsonReport(run);
    case 'junit':
      return junitReport(run);
    case 'sarif':
      return sarifReport(run);
    case 'prometheus':
      return prometheusReport(run);
    case 'html':
      return htmlReport(run, options);
  }
}
