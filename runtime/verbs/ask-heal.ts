import { linkedController } from '../abort';
import { Mutex } from '../mutex';
import type { Events } from '../observe/events';
import { counted, instant, price, tableOf } from '../observe/figures';
import type { HealAnswer, HealPlan } from '../pipeline/context';
import type { Terminal } from './terminal';

interface Question {
  readonly plan: HealPlan;
  /** Ends the question without an answer. */
  readonly ended: AbortController;
  answer: HealAnswer;
  isAsked: boolean;
}

export interface HealQuestionParts {
  readonly events: Events;
  readonly terminal: Terminal;
  /** Keeps everything else from the screen until the returned function is called. */
  hold(): () => void;
  /** There is an answer for this pipeline. */
  answered(pipeline: string): void;
}

/**
 * Asks on the terminal before each heal, one question at a time. A pipeline waits for its answer like for the end of any other obstacle:
 * meanwhile a resync can be requested, which withdraws the question. A heal that is declined is not asked about again.
 */
export class HealQuestions {
  private readonly questions = new Map<string, Question>();
  private readonly turns = new Mutex();
  private readonly closing = new AbortController();
  private readonly unsubscribe: () => void;

  /** Made after what prints the events: a question comes after the report of its gap. */
  constructor(private readonly parts: HealQuestionParts) {
    this.unsubscribe = parts.events.onAny((name, event) => {
      if (!('pipeline' in event)) return;
      const question = this.questions.get(event.pipeline);
      if (question?.answer !== 'awaited') return;
      if (name === 'pipeline.failed') this.ask(question);
      if (name === 'pipeline.phase') this.withdraw(question);
    });
  }

  /** An agreement counts once, and only for as many exports as it named. */
  answerTo(plan: HealPlan): HealAnswer {
    const known = this.questions.get(plan.pipeline);
    if (known?.plan.since === plan.since) {
      if (known.answer !== 'agreed') return known.answer;
      this.questions.delete(plan.pipeline);
      if (plan.exports <= known.plan.exports) return 'agreed';
    } else if (known !== undefined) this.withdraw(known);
    const { controller: ended } = linkedController(this.closing.signal);
    this.questions.set(plan.pipeline, { plan, ended, answer: 'awaited', isAsked: false });
    return 'awaited';
  }

  close(): void {
    this.unsubscribe();
    this.closing.abort();
  }

  private ask(question: Question): void {
    if (question.isAsked) return;
    question.isAsked = true;
    this.turns
      .run(() => this.untilAnswered(question))
      .catch(({ message, stack }: Error) => {
        if (!this.parts.terminal.interrupted.aborted && !question.ended.signal.aborted)
          this.parts.events.emit('replicator.strayError', { message, stack });
      });
  }

  private async untilAnswered(question: Question): Promise<void> {
    const { terminal, hold, answered } = this.parts;
    const { plan, ended } = question;
    ended.signal.throwIfAborted();
    terminal.interrupted.throwIfAborted();
    const release = hold();
    try {
      const agrees = await terminal.ask(textOf(plan), ended.signal);
      question.answer = agrees === false ? 'refused' : 'agreed';
    } finally {
      release();
    }
    answered(plan.pipeline);
  }

  private withdraw({ plan, ended }: Question): void {
    this.questions.delete(plan.pipeline);
    ended.abort();
  }
}

function textOf({ pipeline, from, to, exports, priceUsd }: HealPlan): string {
  return (
    `${tableOf(pipeline)}: heal the gap from ${counted(exports, 'incremental export')} of the changes from ` +
    `${instant(from)} to ${instant(to)}, for ${price(priceUsd)} by the estimate?`
  );
}
