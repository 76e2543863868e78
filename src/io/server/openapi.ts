/** A change of the scene. */
function sceneChange(method: "put" | "delete", summary: string, parameters: unknown[] = []) {
  const responses = {
    200: { description: "{objects} as they are now" },
    400: { description: "what is wrong with the object" },
    404: { description: "there is no such object" },
    409: { description: "the object is of twin.yaml" },
  };
  return { [method]: { summary, parameters, responses } };
}

/** The HTTP surface for tools that read OpenAPI 3.1. */
export function openApi(version: string): Record<string, unknown> {
  const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
  const query = (name: string) => ({ name, in: "query", schema: { type: "string" } });
  const get = (summary: string, answers: Record<string, string>, parameters: unknown[] = []) => ({
    get: {
      summary,
      parameters,
      responses: Object.fromEntries(
        Object.entries(answers).map(([code, description]) => [code, { description }]),
      ),
    },
  });
  return {
    openapi: "3.1.0",
    info: { title: "twinbridge", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    paths: {
      "/healthz": get("Whether the program serves", { 200: "it does" }),
      "/readyz": get("Whether every configured source is connected", { 200: "yes", 503: "no, with reasons" }),
      "/metrics": get("Prometheus text", { 200: "metrics" }),
      "/api/twin": get(
        "The whole graph at one revision; with `at`, as it was then",
        { 200: "the graph", 404: "nothing is stored of that time", 503: "no history" },
        [query("at"), query("clock")],
      ),
      "/api/things/{id}": get(
        "One thing; a joint with the values that its robot has of it",
        { 200: "the thing", 404: "no such thing" },
        [id],
      ),
      "/api/things/{id}/properties/{path}": get(
        "One property with its facets",
        { 200: "the property", 404: "no such property" },
        [id, { name: "path", in: "path", required: true, schema: { type: "string" } }],
      ),
      "/api/robots/{id}/description": get("The URDF", { 200: "URDF", 404: "none yet" }, [id]),
      "/api/robots/{id}/meshes": get(
        "Which meshes are found, missing or refused, and why",
        { 200: "a list" },
        [id],
      ),
      "/api/assets": get(
        "A mesh or texture that a description names, a mesh of the scene or of a marker, or a file that belongs to such a mesh",
        {
          200: "the file",
          304: "as `If-None-Match` has it",
          403: "named by none of them, or refused",
          404: "missing",
        },
        [{ name: "uri", in: "query", required: true, schema: { type: "string" } }],
      ),
      "/api/events": get(
        "Alarms and the audit trail of commands: the newest, or those of the history between `from` and `to`",
        { 200: "events, oldest first", 400: "a parameter is wrong", 503: "no history" },
        ["from", "to", "kind", "limit"].map(query),
      ),
      "/api/history": get(
        "Samples or points of series",
        {
          200: "series",
          400: "a parameter is wrong",
          404: "no series matches",
          413: "too much",
          503: "no history",
        },
        ["series", "facet", "from", "to", "clock", "points", "step", "aggregate", "format"].map(query),
      ),
      "/api/history/series": get(
        "The series that are stored",
        { 200: "series" },
        ["match", "facet"].map(query),
      ),
      "/api/history/gaps": get(
        "Times in which nothing was recorded",
        { 200: "gaps" },
        ["from", "to"].map(query),
      ),
      "/api/history/status": get("What the store is doing", { 200: "its state" }),
      "/api/history/descriptions/{hash}": get(
        "A description by its hash",
        { 200: "URDF", 404: "it is not stored" },
        [{ ...id, name: "hash" }],
      ),
      "/api/recordings": get("The recordings: name, bytes and time of the last change in ms", {
        200: "a list",
      }),
      "/api/recordings/{name}": get(
        "A recording, whole or by a byte range",
        { 200: "the file", 206: "the range", 404: "no such recording", 416: "the range is outside of it" },
        [{ name: "name", in: "path", required: true, schema: { type: "string" } }],
      ),
      "/api/history/table": get(
        "The history as a flat list, for Grafana's Infinity source (docs/grafana.md)",
        { 200: "rows, or data frames", 400: "a parameter is wrong", 413: "too much", 503: "no history" },
        ["series", "facet", "from", "to", "points", "step", "shape", "value"].map((name) => ({
          name,
          in: "query",
          required: name === "series",
          schema: { type: "string" },
        })),
      ),
      "/api/history/annotations": get(
        "Events as Grafana's annotations",
        { 200: "a list", 400: "a parameter is wrong", 503: "no history" },
        ["from", "to", "kind", "limit"].map((name) => ({ name, in: "query", schema: { type: "string" } })),
      ),
      "/prometheus/api/v1/{path}": get(
        "Prometheus' query API over the history: query, query_range, series, labels, label/NAME/values, metadata",
        {
          200: "Prometheus' answer",
          400: "a wrong query",
          422: "cannot be computed",
          503: "no history, or too late",
        },
        [{ name: "path", in: "path", required: true, schema: { type: "string" } }],
      ),
      "/api/access": {
        post: {
          summary: "Whether this page may connect; the error says why not",
          responses: {
            200: { description: "it may" },
            401: { description: "the token is missing or wrong" },
            403: { description: "the page's origin or the host is not allowed" },
          },
        },
      },
      "/api/stop": {
        post: {
          summary:
            "Stops a robot (body {robot, immediate}), or all of them; needs no lease. With immediate: true also a robot that is configured to brake along its path stops at once. A body that cannot be read stops all.",
          responses: { 200: { description: "stopped" }, 404: { description: "no such robot" } },
        },
      },
      "/api/topics/records": {
        ...get("The numbers of topics that are recorded", {
          200: "{records}: record, topic, field, series, origin config or api, state waiting, recording or fault, reason; mayChange: who asks may change them; refused: why nothing can be recorded here",
        }),
        post: {
          summary: "Records a number of a topic; body {record}, as /imu#linear_acceleration.z",
          responses: {
            200: { description: "{records} as they are now" },
            400: { description: "it names no number of a topic" },
            403: { description: "the topic is not allowed, or the role does not permit it" },
            409: { description: "too many are recorded" },
            503: { description: "there is no ROS" },
          },
        },
        delete: {
          summary: "Ends the recording of a number; body {record}, or the parameter. What is stored stays",
          parameters: [query("record")],
          responses: {
            200: { description: "{records} as they are now" },
            404: { description: "it is not recorded" },
            409: { description: "it is of twin.yaml" },
          },
        },
      },
      "/api/scene": {
        ...get("The objects around the robots", { 200: "{objects}, each with origin config or api" }),
        ...sceneChange("put", "Replaces the objects that the API set; body {objects}"),
      },
      "/api/scene/{id}": {
        ...get("One object", { 200: "the object", 404: "there is none" }, [id]),
        ...sceneChange("put", "Sets one object", [id]),
        ...sceneChange("delete", "Removes one object", [id]),
      },
      "/api/scene/{id}/attach": {
        post: {
          summary: "Attaches an object to a link where it is now; body {link, robot, mass}",
          responses: {
            200: { description: "{objects}" },
            404: { description: "there is no such object of the API" },
            409: { description: "nobody knows where it is now; error says why" },
          },
        },
      },
      "/api/scene/{id}/detach": {
        post: {
          summary: "Sets an object free where it is now; body {frame, robot}",
          responses: { 200: { description: "{objects}" }, 409: { description: "as for attach" } },
        },
      },
      "/api/delays": get(
        "How much later than their stamps the messages of each source arrived, in ms, of the last 10 s; measured from the first question on",
        { 200: "{time, spanMs, sources: [{source, delay: {count, least, p50, p99, most}, clock}]}" },
      ),
      "/api/ros/graph": get("Nodes, topics and services of ROS, and why ends of topics do not meet", {
        200: "{nodes, topics, services}",
        503: "there is no ROS",
      }),
      "/api/ros/controllers": get(
        "The controllers of each robot on ROS: state, joints, what the twin sends through, its last goal, and what is wrong",
        { 200: "{robots: [{robot, managers, controllers, problems}]}", 503: "there is no ROS" },
      ),
      "/api/ros/parameters": {
        ...get("The parameters of the node of the query's `node`", {
          200: "{node, parameters}",
          404: "no such node",
          504: "it does not answer",
        }),
        put: {
          summary:
            "Sets a parameter (body {node, name, value}) in the type that it has. Needs the role of an operator.",
          responses: {
            200: { description: "{node, parameters}" },
            400: { description: "the body is wrong, or the value of another type" },
            404: { description: "no such node or parameter" },
            409: { description: "it is read-only, or the node refuses it" },
          },
        },
      },
      "/api/commands": {
        post: {
          summary:
            "One command (body {robot, command, ttlMs, wait}) under a lease of its own; the answer is its last result. Needs the role of an operator.",
          responses: {
            200: { description: "done, or sent where wait is false" },
            400: { description: "the body is wrong, or the command is a jog" },
            403: { description: "the role of the token is not enough" },
            404: { description: "no such robot" },
            409: { description: "the lease is held, the robot is stopped, or the command failed" },
            422: { description: "the gate refused it" },
          },
        },
      },
      "/api/robots/{id}/plan": {
        post: {
          summary:
            "What a motion, or the way of the base, would be (body {command, avoid, planner, group}); nothing is sent to the robot",
          parameters: [id],
          responses: {
            200: {
              description:
                "{planId, stateHash, duration, points, leastDistance, effortShare, uncheckedLinks, path, planner}; of the base {path, duration, frame, poses, leastDistance, footprint, leavesMap}",
            },
            400: { description: "the body is wrong" },
            404: { description: "no such robot" },
            422: { description: "the motion would be refused; code and message say why" },
          },
        },
      },
      "/api/poses": {
        ...get("Named poses by robot", { 200: "{robot: {name: {joints, source}}}" }),
        put: {
          summary: "Replaces the saved poses of each robot that the body names (as GET answers)",
          responses: {
            200: { description: "what is saved now" },
            400: { description: "the body is wrong, or a pose names a joint that cannot be commanded" },
            404: { description: "no such robot" },
          },
        },
      },
      "/api/sequences": {
        ...get("Sequences", { 200: "{name: {steps}}" }),
        put: {
          summary: "Replaces all sequences (body as GET answers)",
          responses: {
            200: { description: "what is saved now" },
            400: { description: "the body is wrong; the answer names the sequence and the step" },
          },
        },
      },
      "/api/openapi.json": get("This document", { 200: "OpenAPI 3.1" }),
    },
  };
}
