/** Longest field that is taken: a field is a name, a number or one value. */
const mostFieldLength = 16 << 20;

/** Reads CSV (RFC 4180) in pieces, as it comes over a network: the rows that are whole, and the rest with the next piece. */
export class CsvReader {
  private field = "";
  private row: string[] = [];
  /** `quote`: a quote was met in a quoted field, which ends it or stands for one. */
  private state: "plain" | "quoted" | "quote" = "plain";

  /** The rows that end in `text`. Throws on a field that is too long. */
  *add(text: string): Generator<string[]> {
    for (const character of text) {
      if (this.state === "quoted") {
        if (character === '"') this.state = "quote";
        else this.append(character);
        continue;
      }
      if (this.state === "quote" && character === '"') {
        this.state = "quoted";
        this.append(character);
        continue;
      }
      if (character === '"' && this.field === "" && this.state === "plain") this.state = "quoted";
      else if (character === ",") this.endField();
      else if (character === "\n") {
        this.endField();
        const { row } = this;
        this.row = [];
        yield row;
      } else if (character !== "\r") this.append(character);
      if (this.state === "quote") this.state = "plain";
    }
  }

  private append(character: string): void {
    if (this.field.length >= mostFieldLength) throw new Error("a field of the CSV is too long");
    this.field += character;
  }

  private endField(): void {
    this.row.push(this.field);
    this.field = "";
    this.state = "plain";
  }
}
