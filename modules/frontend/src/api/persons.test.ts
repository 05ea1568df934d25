import { expect, test } from "vitest";
import { companyOf, nameOf } from "./persons";

const shown = (first_name: string, last_name = "", company_name = "") => nameOf({ id: 7, first_name, last_name, company_name });

test.each([
  ["Ada", "Byron", "Ada Byron"],
  ["Ada\u0000\u001b[31m", "By\tron", "Ada [31m By ron"],
  ["\u202eadA", "Byron\u2066", "adA Byron"], // would turn the rest of the line around
  ["A\u200bda", "\ufeffByron", "A da Byron"],
  ["Ada\u2028", "Byron\u00ad", "Ada Byron"],
  ["نامه\u200cای", "👩\u200d💻", "نامه\u200cای 👩\u200d💻"], // joiners belong to what they join
  ["\u200b", "\u202e", "Person 7"],
])("%j %j is shown as %j", (first, last, name) => {
  expect(shown(first, last)).toBe(name);
});

test("so is a company", () => {
  expect(companyOf({ id: 1, first_name: "", last_name: "", company_name: "Looms\u202e & Co" })).toBe("Looms & Co");
});
