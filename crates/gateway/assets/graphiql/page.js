"use strict";

const first = `# Ask for the newest articles. The answer is cut to your token: put one into the headers below as
# {"Authorization": "Bearer …"}. \`masthead token mint\` prints one.
{
  articles(first: 5) {
    nodes {
      title
      standfirst
      access {
        granted
        locks { id access { reason offers { kind tier { name } } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const fetcher = async (request, options) => {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...(options && options.headers),
    },
    body: JSON.stringify(request),
  });
  return response.json();
};

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: first, shouldPersistHeaders: false }),
);
