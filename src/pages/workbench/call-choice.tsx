import { Chapter } from './chapter.tsx';
import type { ChoicesProps } from './chosen.ts';
import { Segments } from './fields.tsx';
import type { Data, Hook } from './service.ts';
import { texts } from './texts.ts';

/** How the service is called: by which hook, and how it gets at the chart. */
export function CallChoice({ chosen, choose }: Omit<ChoicesProps, 'setup'>) {
  const words = texts.call;
  return (
    <Chapter title={words.title}>
      <Segments
        legend={words.hook}
        options={words.hooks}
        value={chosen.hook}
        change={(hook) => choose({ ...chosen, hook: hook as Hook })}
      />
      <Segments
        legend={words.data}
        options={words.datas}
        value={chosen.data}
        change={(data) => choose({ ...chosen, data: data as Data })}
      />
      <p class="hint">{words.about[chosen.data]}</p>
    </Chapter>
  );
}
