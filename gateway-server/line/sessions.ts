import type { LineId } from '../../protocol/line-id.ts';
import type { Signal } from '../../protocol/message.ts';

const RETIRED_REMEMBERED = 8;

interface Course {
  current: number;
  seq: number;
  /** Of its latest registration, which may have waited while other signals came. */
  registeredSeq: number;
  /** False while the current session's claim has been refused: then its signals prove nothing about the published address. */
  accepted: boolean;
  loggedOn: boolean;
  readonly retired: number[];
}

export type SignalWorth =
  /** Of the current session and newer than all before. */
  | 'counts'
  /** Repeated, overtaken, or of a session that is over (late wills above all). */
  | 'stale'
  /** Of a session that has not registered, or whose registration was refused. */
  | 'unregistered';

/** Which of a line's connections speaks for it. Sessions are random numbers, never compared by size (DESIGN section 3). */
export class Sessions {
  readonly #courses = new Map<LineId, Course>();

  /** A registration with an unseen session makes it current; gives false for a stale one. */
  register(line: LineId, { session, seq }: Signal): boolean {
    const course = this.#courses.get(line);
    if (!course) {
      this.#courses.set(line, {
        current: session,
        seq,
        registeredSeq: seq,
        accepted: false,
        loggedOn: false,
        retired: [],
      });
      return true;
    }
    if (course.retired.includes(session)) return false;
    if (course.current === session && seq <= course.registeredSeq) return false;
    if (course.current !== session) {
      course.retired.push(course.current);
      course.retired.splice(0, course.retired.length - RETIRED_REMEMBERED);
      course.current = session;
      course.accepted = false;
      course.loggedOn = false;
      course.seq = seq;
    }
    course.registeredSeq = seq;
    course.seq = Math.max(course.seq, seq);
    return true;
  }

  /** Notes whether the current session's claim was accepted; true when that is a log-on: the session's first acceptance. */
  settle(line: LineId, session: number, accepted: boolean): boolean {
    const course = this.#courses.get(line);
    if (course?.current !== session) return false;
    const isLogOn = accepted && !course.loggedOn;
    course.accepted = accepted;
    course.loggedOn ||= accepted;
    return isLogOn;
  }

  /** Judges any other signal, and remembers its seq when it counts. */
  judge(line: LineId, { session, seq }: Signal): SignalWorth {
    const course = this.#courses.get(line);
    if (course?.retired.includes(session)) return 'stale';
    if (course?.current !== session || !course.accepted) return 'unregistered';
    if (seq <= course.seq) return 'stale';
    course.seq = seq;
    return 'counts';
  }

  isCurrent(line: LineId, session: number): boolean {
    return this.#courses.get(line)?.current === session;
  }

  forget(line: LineId): void {
    this.#courses.delete(line);
  }
}
