/** Which of these packages does dpkg have installed, and in which version? */
import { sh } from '../model/shell';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

/** Installed versions by package name; one that is not (wholly) installed is absent. */
export type InstalledPackages = ReadonlyMap<string, string>;

export function packages(names: readonly string[]): Fact<InstalledPackages> {
  return {
    title: `which of ${names.join(', ')} are installed`,
    question: sh`dpkg-query -W -f ${'${Package} ${db:Status-Status} ${Version}\\n'} ${names}`,
    parse: (answer) => {
      // 1: some of them are unknown to dpkg (dpkg-query(1)).
      if (answer.exitCode > 1) throw new UnexpectedAnswer('cannot ask dpkg (no Debian?)', answer);
      const installed = linesOf(answer.stdout).flatMap((line): [string, string][] => {
        const [name, status, version] = line.split(' ');
        if (name === undefined || status === undefined || version === undefined) {
          throw new UnexpectedAnswer('dpkg-query prints something else', answer);
        }
        return status === 'installed' ? [[name, version]] : [];
      });
      return new Map(installed);
    },
  };
}
