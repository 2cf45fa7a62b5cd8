using System.Net.Http.Headers;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Manifests.Reading;

namespace AngelSlim.Core.Hub;

/// <summary>What the hub refuses, in words that say what can be done about it.</summary>
/// <param name="access">Who asked.</param>
internal sealed class HubRefusals(HubAccess access)
{
    private const string GatedCode = "GatedRepo";
    private const string RevisionCode = "RevisionNotFound";

    private bool HasToken => access.Token.Value is not null;

    private Uri Endpoint => access.Endpoint;

    /// <summary>It is worth asking for names that may have been meant.</summary>
    public static bool Asks(HttpResponseMessage response) => (int)response.StatusCode is 401 or 404 && Header(response.Headers, "X-Error-Code") is not GatedCode;

    /// <summary>Of a model as a whole.</summary>
    /// <param name="model">Which.</param>
    /// <param name="response">The hub's answer.</param>
    /// <param name="ids">Models of similar names.</param>
    /// <param name="revisions">Branches and tags of the model.</param>
    public UserException Of(HubModel model, HttpResponseMessage response, IReadOnlyList<string> ids, IReadOnlyList<string> revisions)
    {
        var code = Header(response.Headers, "X-Error-Code");
        return (int)response.StatusCode switch
        {
            _ when code is RevisionCode => new(
                ProblemCode.MissingFile,
                Sentence($"{Shown.Quoted(model.Id)} has no revision {Shown.Quoted(model.Revision)} on {Endpoint.Authority}{Suggestion.For(model.Revision, revisions)}") + "'target.revision' is a branch, a tag, or a commit of 40 digits."),
            404 or 401 when code is not GatedCode && !IsBadToken(response) => new(
                ProblemCode.MissingFile,
                Sentence($"There is no model {Shown.Quoted(model.Id)} on {Endpoint.Authority} that {(HasToken ? $"the account of the token in {access.Token} may see" : "everybody may see")}{Suggestion.For(model.Id, ids)}")
                    + $"Correct 'target.model', or name a folder; a private model needs a token of somebody who may read it in HF_TOKEN{(HasToken ? "" : ", which is not set")}."),
            _ => Of(model, response, "the model"),
        };
    }

    /// <summary>Of a part of a model.</summary>
    /// <param name="model">Which.</param>
    /// <param name="response">The hub's answer.</param>
    /// <param name="what">A file, or the whole.</param>
    public UserException Of(HubModel model, HttpResponseMessage response, string what)
    {
        var status = (int)response.StatusCode;
        if (IsBadToken(response))
        {
            return new(ProblemCode.NoAccess, $"{Endpoint.Authority} does not take the token in {access.Token}: it is wrong, or no longer valid. Make a new one in your settings on the hub, or remove it: public models need none.");
        }

        if (status is 401 or 403)
        {
            var page = new Uri(Endpoint, model.Id);
            return new(ProblemCode.NoAccess, HasToken
                ? $"The account of the token in {access.Token} may not read {Shown.Quoted(model.Id)}{Said(response)}. Accept its licence at {page} with that account, and see that the token may read gated models; or use another token (HF_TOKEN)."
                : $"{Shown.Quoted(model.Id)} is only for those who accepted its licence{Said(response)}. Accept it at {page}, and set HF_TOKEN to a token of that account.");
        }

        return new(ProblemCode.NoAccess, $"{Endpoint.Authority} refuses {what} of {Shown.Quoted(model.ToString())} with {status}{Said(response)}. Look at HF_ENDPOINT, or name the folder of a model that is on this machine.");
    }

    private bool IsBadToken(HttpResponseMessage response) =>
        HasToken && (int)response.StatusCode is 401 && Header(response.Headers, "X-Error-Message")?.Contains("Invalid credentials", StringComparison.OrdinalIgnoreCase) is true;

    private static string Sentence(string text) => text.EndsWith('?') ? $"{text} " : $"{text}. ";

    /// <summary>The hub's own words, as far as it has some.</summary>
    private static string Said(HttpResponseMessage response) => Header(response.Headers, "X-Error-Message") is { Length: > 0 } message ? $" ({Shown.Quoted(message)})" : "";

    private static string? Header(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
}
