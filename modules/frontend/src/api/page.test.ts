import { expect, test } from "vitest";
import { nextPage } from "./page";

test.each([
  ['</api/persons?q=a&cursor=x>; rel="next"', "/api/persons?q=a&cursor=x"],
  ['<?cursor=x>; rel="next"', "/api/persons?cursor=x"],
  ["</api/persons?cursor=x>; rel=next", "/api/persons?cursor=x"],
  ['</a>; rel="prev", </b?cursor=1,2>; rel="next"', "/b?cursor=1,2"],
  ['<http://elsewhere.example/api/persons?cursor=x>; rel="next"', "/api/persons?cursor=x"],
  ['</a>; rel="prev"', null],
  ['</a>; rel="nextish"', null],
  ["", null],
  [null, null],
])("the next page of %s is %s", (link, next) => {
  expect(nextPage(link, "/api/persons?q=a")).toBe(next);
});
