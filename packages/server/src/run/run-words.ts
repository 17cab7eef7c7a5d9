/** Words run names are made of; all short, friendly and easy to say. */
export const ADJECTIVES = words(`
  agile airy amber ample azure balmy bold brave breezy bright brisk bronze calm candid cheery civil classy clean clear
  clever copper coral cosy crimson crisp curious daring deft dewy eager early earnest easy elegant emerald fabled fair
  fearless fleet fluent fond frank free fresh gentle glad gleaming golden graceful grand hardy hazel hearty honest humble
  indigo ivory jade jolly jovial keen kind lively loyal lucid lucky mellow merry mild mint modest neat nimble noble opal
  patient placid plucky polished proud quick quiet rapid ready robust rosy rustic sage scarlet serene silver smooth snug
  spry steady sunny swift tidy violet vivid warm witty zesty
`)

export const ANIMALS = words(`
  alpaca antelope auk badger beaver bee bison bobcat buzzard camel caracal cat chamois cheetah chinchilla cicada civet
  condor coyote crane cricket curlew deer dingo dolphin dormouse dove dragonfly duck eagle egret eland elk ermine falcon
  ferret finch firefly fox gannet gazelle gecko gibbon goose grebe grouse gull hare hawk hedgehog heron hoopoe hornbill
  ibex ibis iguana impala jackal jaguar jay kestrel kite kiwi koala lark lemming lemur leopard linnet lizard llama lynx
  magpie mallard manatee marmot marten mole moose newt ocelot okapi orca oriole osprey otter owl panda pangolin parrot
  pelican penguin petrel pika plover puffin quail quokka raven robin salmon seal shrew
`)

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
