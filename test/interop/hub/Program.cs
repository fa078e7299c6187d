using System.Net;
using System.Text.Json;
using InteropHub;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

var settings = Settings.Read(Console.ReadLine() ?? "");

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, settings.Port));
builder.Services.AddSingleton(settings);
builder.Services.AddSingleton(new Tokens(settings.TokenLifetimeSeconds));
builder.Services.AddSingleton<Audience>();
builder.Services
    .AddAuthentication(TokenAuthentication.SchemeName)
    .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
builder.Services.AddAuthorization();
builder.Services.AddSignalR(hub => hub.KeepAliveInterval = TimeSpan.FromSeconds(settings.KeepAliveSeconds));

var app = builder.Build();
var tokens = app.Services.GetRequiredService<Tokens>();
if (settings.RefuseWebSockets)
{
    app.Use((context, next) =>
    {
        if (!context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
            return next(context);
        context.Response.StatusCode = 400;
        return Task.CompletedTask;
    });
}
app.UseAuthentication();
app.UseAuthorization();
app.MapHub<RteHub>("/rte", options => options.Transports = settings.Transports);
app.MapEnreachApi(settings, tokens);
app.MapControls(tokens, app.Services.GetRequiredService<Audience>());
await app.StartAsync();

var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
Console.WriteLine(JsonSerializer.Serialize(new { port = new Uri(address).Port }));

// The parent lets go of standard input when it is done, or when it has died.
while (Console.ReadLine() is not null) { }
await app.StopAsync();
