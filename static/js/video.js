// A click on a link to a video of YouTube or Vimeo plays it here, where site.yaml allows that site. Before the click nothing
// is asked of it; without this the link opens the site. Hook: .body with data-video-hosts, .video-link

const hosts = (document.querySelector(".body[data-video-hosts]")?.dataset.videoHosts ?? "").split(" ");
const YOUTUBE = /^https?:\/\/(?:(?:www\.|m\.)?youtube\.com\/(?:watch\?(?:[^#]*&)?v=|embed\/|shorts\/|live\/)|www\.youtube-nocookie\.com\/embed\/|youtu\.be\/)([\w-]{6,20})/i;
const VIMEO = /^https?:\/\/(?:www\.|player\.)?vimeo\.com\/(?:video\/)?(\d{5,12})(?:\/([0-9a-f]{6,20}))?/i;

for (const link of document.querySelectorAll(".body figure.video > a.video-link")) upgrade(link);

function upgrade(link) {
  const address = playerOf(link.href);
  if (!address) return;
  link.classList.add("playable");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.src = address;
    frame.title = link.textContent;
    frame.allow = "autoplay; fullscreen; picture-in-picture; encrypted-media";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    link.replaceWith(frame);
    frame.focus();
  });
}

function playerOf(href) {
  const [, youtube] = YOUTUBE.exec(href) ?? [], [, vimeo, secret] = VIMEO.exec(href) ?? [];
  if (youtube && hosts.includes("youtube.com")) return `https://www.youtube-nocookie.com/embed/${youtube}?autoplay=1`;
  if (vimeo && hosts.includes("vimeo.com")) return `https://player.vimeo.com/video/${vimeo}?dnt=1&autoplay=1${secret ? `&h=${secret}` : ""}`;
  return null;
}
