// What NLP.js makes of the questions of a task: node chat_nlpjs.mjs TASK.json, with node-nlp in node_modules of the folder named last.
// Prints one JSON line a question: {"ranked": [[intent, score], …], "ms": …}; the first line tells the seconds of learning.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [task, folder] = process.argv.slice(2)
const { NlpManager } = createRequire(join(resolve(folder), 'x.js'))('node-nlp')
const { lang, examples, questions } = JSON.parse(readFileSync(task, 'utf8'))
const manager = new NlpManager({ languages: [lang], autoSave: false, autoLoad: false, nlu: { log: false }, forceNER: false })
for (const [intent, texts] of Object.entries(examples)) for (const text of texts) manager.addDocument(lang, text, intent)
let begun = process.cpuUsage()
await manager.train()
const spent = (since) => { const used = process.cpuUsage(since); return (used.user + used.system) / 1000 }
console.log(JSON.stringify({ learned_s: spent(begun) / 1000 }))
for (const text of questions) {
  begun = process.cpuUsage()
  const found = await manager.process(lang, text)
  const ranked = found.classifications.filter((one) => one.intent !== 'None').map((one) => [one.intent, one.score])
  console.log(JSON.stringify({ ranked: ranked.slice(0, 10), none: found.intent === 'None', ms: spent(begun) }))
}
