using System.Text;

namespace InteropHub;

/// <summary>The REST calls that lead to the hub, each in its shortest form.</summary>
public static class EnreachApi
{
    public static void MapEnreachApi(this WebApplication app, Settings settings, Tokens tokens)
    {
        app.MapGet("/api/user", (string? user, HttpRequest request) => Discover(user, request));
        app.MapPost("/api/user", (DiscoveryRequest body, HttpRequest request) => Discover(body.User, request));

        app.MapPost("/authuser/{username}", (string username, SignIn body) =>
            settings.Users.FirstOrDefault(user => user.Username == username && user.Password == body.Password) is { } user
                ? Answer(new { UserID = user.Id, user.SecretKey })
                : Results.StatusCode(401));
        app.MapGet("/users/me", (HttpRequest request) =>
            Caller(request) is { } caller
                ? Answer(new { caller.Id, settings.OrganizationId, UserName = caller.Username })
                : Results.StatusCode(401));
        app.MapGet("/queues", (HttpRequest request) =>
            Caller(request) is null
                ? Results.StatusCode(401)
                : Answer(settings.Queues.Select(queue => new { queue.Id, queue.Name, TypeId = 4 })));
        app.MapGet("/token/{userId}/rte", (string userId, HttpRequest request) =>
            Caller(request)?.Id == userId
                ? Answer(new { Token = tokens.Issue(userId), WSSEndpoint = $"{request.Host}/rte" })
                : Results.StatusCode(401));

        IResult Discover(string? username, HttpRequest request) =>
            Results.Json(settings.Users
                .Where(user => user.Username == username)
                .Select(user => new { siloName = "Silo01", username, apiEndpoint = $"http://{request.Host}/" }));

        Account? Caller(HttpRequest request)
        {
            var header = request.Headers.Authorization.ToString();
            if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
            var presented = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..]));
            return settings.Users.FirstOrDefault(user => presented == $"{user.Username}:{user.SecretKey}");
        }
    }

    /// <summary>With members in PascalCase, as this API has them.</summary>
    private static IResult Answer(object body) => Results.Json(body, new System.Text.Json.JsonSerializerOptions());

    private sealed record DiscoveryRequest(string? User);

    private sealed record SignIn(string? UserName, string? Password);
}
