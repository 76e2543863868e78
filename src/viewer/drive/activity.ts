import { Signal } from "../../client/signal.ts";
import type { CommandStage, LimitBreach } from "../../protocol/command-messages.ts";

/** One move on its way, as the driver sees it. `progress` is 0 … 1 while it executes. */
export type Activity = {
  id: number;
  label: string;
  stage: "waiting" | CommandStage;
  /** As the server's answer has it; empty before the first. */
  code: string;
  message: string;
  progress: number | null;
  /** The limit that a refused move would have broken. */
  breach: LimitBreach | null;
};

type StageReport = {
  id: string | number;
  stage: CommandStage;
  code: string;
  message: string;
  progress?: number;
  breach?: LimitBreach;
};

const kept = 12;

/** The stages of this page's commands. Of a jog only the refusals are worth a line. */
export class ActivityLog {
  /** Newest first. */
  readonly moves = new Signal<readonly Activity[]>([]);
  /** Why the held jog is not carried out; null while it is. */
  readonly jogRefusal = new Signal<string | null>(null);
  private newestJog = 0;
  private firstJogOfRefusal = 0;

  begin(id: number, label: string): Activity {
    const activity: Activity = {
      ...{ id, label, stage: "waiting", code: "", message: "" },
      ...{ progress: null, breach: null },
    };
    this.moves.update((moves) => [activity, ...moves].slice(0, kept));
    return activity;
  }

  jogged(id: number): void {
    this.newestJog = id;
  }

  advance(report: StageReport): void {
    const isMove = this.moves.get().some((move) => move.id === report.id);
    if (!isMove) this.judgeJog(report);
    else {
      this.moves.update((moves) =>
        moves.map((move) =>
          move.id === report.id
            ? {
                ...move,
                stage: report.stage,
                code: report.code,
                message: report.message,
                progress: report.progress ?? null,
                breach: report.breach ?? null,
              }
            : move,
        ),
      );
    }
  }

  private judgeJog(report: StageReport): void {
    if (typeof report.id !== "number" || report.id > this.newestJog) return;
    if (report.stage === "refused" || report.stage === "aborted") {
      this.jogRefusal.set(report.message);
      this.firstJogOfRefusal = report.id;
    } else if (report.id > this.firstJogOfRefusal) this.jogRefusal.set(null);
  }
}

/** True while the outcome of a move is still open. */
export function isOpen(activity: Activity): boolean {
  return !(activity.stage === "refused" || activity.stage === "done" || activity.stage === "aborted");
}
