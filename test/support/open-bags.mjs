// Opens each bag and reads all its messages; prints {"path","messages","fault"} for each.
import { openBag } from "../../dist/io/recording/open-bag.js";

for (const path of process.argv.slice(2)) {
  let messages = 0;
  let fault = null;
  try {
    const bag = await openBag(path);
    try {
      for await (const _ of bag.messages()) messages++;
    } finally {
      await bag.close();
    }
  } catch (error) {
    fault = error.constructor.name === "BagFault" ? error.message : `not a BagFault: ${error.stack}`;
  }
  console.log(JSON.stringify({ path, messages, fault }));
}
