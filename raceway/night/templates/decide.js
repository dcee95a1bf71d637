// Sends a decision to Airflow's own API, which knows the user by the session's cookie.
"use strict";
document.getElementById("decision").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = document.getElementById("answer");
  const conf = Object.fromEntries(new FormData(form));
  form.querySelector("button").disabled = true;
  answer.className = "soft";
  answer.textContent = "…";
  try {
    const reply = await fetch("../api/v2/dags/decide/dagRuns", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ logical_date: null, conf }),
    });
    const said = await reply.json();
    if (!reply.ok) throw new Error(typeof said.detail === "string" ? said.detail : JSON.stringify(said.detail));
    answer.className = "good";
    answer.textContent = `Started as ${said.dag_run_id}. Its task's log says what holds now.`;
  } catch (fault) {
    answer.className = "bad";
    answer.textContent = `Nothing was decided: ${fault.message}`;
    form.querySelector("button").disabled = false;
  }
});
