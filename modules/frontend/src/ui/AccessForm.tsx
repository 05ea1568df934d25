import { useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { accessToken, keepAccessToken } from "../api/accessToken";
import { TextField } from "./TextField";

/** Takes the token with which the services let one in; then what was refused is asked for again. */
export function AccessForm() {
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const isAnother = accessToken() !== null;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    keepAccessToken(token.trim().replace(/^Bearer\s+/i, ""));
    void queries.resetQueries({ predicate: ({ state }) => state.error !== null });
  };
  return (
    <form className="access-form" onSubmit={submit}>
      <TextField
        label={isAnother ? "Another access token" : "Access token"}
        type="password"
        name="access_token"
        autoComplete="off"
        spellCheck={false}
        required
        value={token}
        error={undefined}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit" className="button">
        Use it
      </button>
    </form>
  );
}
