using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace InteropHub;

/// <summary>JSON Web Tokens signed with HS256 (RFC 7519, RFC 7515) by a key that lives as long as the process.</summary>
public sealed class Tokens(double lifetimeSeconds)
{
    private static readonly string Header = Encode("""{"alg":"HS256","typ":"JWT"}""");
    private byte[] key = RandomNumberGenerator.GetBytes(32);

    public double LifetimeSeconds { get; set; } = lifetimeSeconds;

    public string Issue(string userId)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var claims = new { sub = userId, iat = (long)now, exp = (long)(now + LifetimeSeconds), jti = Guid.NewGuid() };
        var content = $"{Header}.{Encode(JsonSerializer.Serialize(claims))}";
        return $"{content}.{Sign(content)}";
    }

    /// <summary>The token's user, or null where the token is none of ours or has expired.</summary>
    public string? Check(string token)
    {
        var end = token.LastIndexOf('.');
        if (end < 0) return null;
        var content = token[..end];
        var expected = Encoding.ASCII.GetBytes(Sign(content));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(token[(end + 1)..]))) return null;
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(content.AsSpan(content.IndexOf('.') + 1)));
        var expiry = claims.RootElement.GetProperty("exp").GetInt64();
        return expiry <= DateTimeOffset.UtcNow.ToUnixTimeSeconds() ? null : claims.RootElement.GetProperty("sub").GetString();
    }

    /// <summary>No token that was issued until now is good any more.</summary>
    public void ExpireAll() => key = RandomNumberGenerator.GetBytes(32);

    private string Sign(string content) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
