using AngelSlim.Core.Hub;
using AngelSlim.Core.Manifests;
using AngelSlim.Core.Tests.Running;
using AngelSlim.Testing;
using Xunit;

namespace AngelSlim.Core.Tests.Hub;

public sealed class A_token_for_the_hub : IDisposable
{
    private const string Secret = "hf_secretSECRET";
    private readonly HubFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Goes_to_the_hub_and_not_to_where_the_hub_sends()
    {
        _folder.Token = $" {Secret}\n";
        await _folder.FetchAsync();
        Assert.All(_folder.Hub.Requests, request => Assert.Equal($"Bearer {Secret}", request.Token));
        Assert.All(_folder.Hub.StorageRequests, request => Assert.Null(request.Token));
        Assert.Single(_folder.Hub.StorageRequests);
        Assert.DoesNotContain(_folder.Told, told => told.ToString()!.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Cache, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("line\r\nX-Evil: 1")]
    [InlineData("schlüssel")]
    public async Task That_cannot_be_one_is_refused_without_showing_it(string token)
    {
        _folder.Token = token;
        var problem = (await Assert.ThrowsAsync<UserException>(() => _folder.FetchAsync())).Message;
        Assert.Contains("error ASL0010: What is in HF_TOKEN is no token", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(token, problem, StringComparison.Ordinal);
        Assert.Empty(_folder.Hub.Requests);
    }

    [Theory]
    [InlineData(null, 401, "'org/model' is only for those who accepted its licence ('Access to model org/model is restricted'). Accept it at HUBorg/model, and set HF_TOKEN to a token of that account.")]
    [InlineData(Secret, 403, "The account of the token in HF_TOKEN may not read 'org/model' ('Access to model org/model is restricted'). Accept its licence at HUBorg/model with that account,")]
    [Provokes(ProblemCode.NoAccess)]
    public async Task That_is_wanting_for_a_gated_model_is_asked_for(string? token, int status, string problem)
    {
        _folder.Token = token;
        _folder.Hub.Fault = request => request.Path.Contains("/resolve/", StringComparison.Ordinal) ? new FakeAnswer(status, ("X-Error-Code", "GatedRepo"), ("X-Error-Message", "Access to model org/model is restricted")) : null;
        Assert.Contains("error ASL0011: " + problem.Replace("HUB", _folder.Hub.Address.ToString(), StringComparison.Ordinal), await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_is_not_valid_any_more_is_called_that()
    {
        _folder.Token = Secret;
        _folder.Hub.Fault = _ => new FakeAnswer(401, ("X-Error-Message", "Invalid credentials in Authorization header"));
        Assert.Contains($"{_folder.Hub.Address.Authority} does not take the token in HF_TOKEN: it is wrong, or no longer valid.", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    public async Task May_be_wanting_where_a_model_is_not_found(int status)
    {
        _folder.Hub.Fault = request => request.Path.StartsWith("/api/models?search=model", StringComparison.Ordinal)
            ? FakeHub.Json(new[] { new { id = "org/modul" }, new { id = "else/thing" } })
            : new FakeAnswer(status, ("X-Error-Code", "RepoNotFound"));
        Assert.Contains(
            $"error ASL0007: There is no model 'org/model' on {_folder.Hub.Address.Authority} that everybody may see; did you mean 'org/modul'? Correct 'target.model', or name a folder; "
                + "a private model needs a token of somebody who may read it in HF_TOKEN, which is not set.",
            await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_help_with_a_revision_that_is_not_there()
    {
        _folder.Hub.Fault = request => request.Path.EndsWith("/refs", StringComparison.Ordinal)
            ? FakeHub.Json(new { branches = new[] { new { name = "main" } }, tags = new[] { new { name = "v1.0" } } })
            : new FakeAnswer(404, ("X-Error-Code", "RevisionNotFound"));
        Assert.Contains("error ASL0007: 'org/model' has no revision 'v1.1' on ", await RefusalAsync("v1.1"), StringComparison.Ordinal);
        Assert.Contains("; did you mean 'v1.0'?", await RefusalAsync("v1.1"), StringComparison.Ordinal);
    }

    [Fact]
    public void Comes_from_where_the_hub_s_own_tools_have_it()
    {
        using var home = new TemporaryFolder();
        HubToken Of(params (string Name, string Value)[] variables) => HubToken.Of(name => variables.FirstOrDefault(variable => variable.Name == name).Value, home.Path);
        Assert.Null(Of().Value);
        Directory.CreateDirectory(home.At(".cache", "huggingface"));
        File.WriteAllText(home.At(".cache", "huggingface", "token"), "of-home\n");
        File.WriteAllText(home.At("token"), "of-hf-home");
        File.WriteAllText(home.At("mine"), "of-path");
        Assert.Equal("of-home", Of().Value);
        Assert.Equal("of-hf-home", Of(("HF_HOME", home.Path)).Value);
        Assert.Equal("of-path", Of(("HF_HOME", home.Path), ("HF_TOKEN_PATH", "~/mine")).Value);
        Assert.Equal("set", Of(("HF_TOKEN", "set"), ("HF_TOKEN_PATH", "~/mine")).Value);
        Assert.Equal("of-home", Of(("HF_TOKEN", " ")).Value);
        Assert.DoesNotContain("set", Of(("HF_TOKEN", "set")).ToString(), StringComparison.Ordinal);
    }

    private async Task<string> RefusalAsync(string revision = "main") => (await Assert.ThrowsAsync<UserException>(() => _folder.FetchAsync(revision))).Message;
}
