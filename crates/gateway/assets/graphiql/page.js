"use strict";

const first = `# The newest articles, cut to your token.
# Put one into the headers below:
# {"Authorization": "Bearer …"}
{
  articles(first: 5) {
    nodes {
      title
      standfirst
      access {
        granted
        locks {
          id
          access {
            reason
            offers { kind tier { name } }
          }
        }
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
